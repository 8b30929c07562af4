"""argent-mlir-lsp-server: MLIR's server knows the dialects nn, hl and plan; errors of their verifiers have places."""
import asyncio
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from lsp_client import Client, binary, source  # noqa: E402

NN = """\
func.func @f(%x: tensor<?x4xf32>, %w: tensor<5x3xf32>) -> tensor<?x3xf32> {
  %y = nn.matmul %x, %w : tensor<?x4xf32>, tensor<5x3xf32>
  %z = nn.tanh %y : tensor<?x3xf32>
  return %z : tensor<?x3xf32>
}
"""


async def main():
    async with Client(binary("argent-mlir-lsp-server")) as client:
        uri = "file:///models/nn.mlir"
        client.open(uri, NN, "mlir")
        (error,) = await client.diagnostics(uri)
        assert error.range.start.line == 1 and "reduces [4] and [5]" in error.message, error
        print("nn:", error.message)
        client.change(uri, NN.replace("5x3", "4x3"))
        diagnostics = await client.diagnostics(uri)
        assert diagnostics == [], diagnostics
        hover = await client.hover(uri, 1, 8)
        assert "nn.matmul" in hover, hover
        answer = await client.definition(uri, 2, 15)
        assert answer[0].range.start.line == 1, answer

        # A sample of hl, as it is and with a mistake in its schedule.
        uri = "file:///models/hl.mlir"
        text = source("test/dialects/hl/conv-sample.mlir").read_text()
        client.open(uri, text, "mlir")
        diagnostics = await client.diagnostics(uri)
        assert diagnostics == [], diagnostics
        wrong = text.replace('hl.vectorize "ci"', 'hl.vectorize "no_such_axis"', 1)
        assert wrong != text
        client.change(uri, wrong)
        errors = await client.diagnostics(uri)
        assert errors and any("no_such_axis" in e.message for e in errors), errors
        line = wrong[: wrong.index("no_such_axis")].count("\n")
        assert line in [e.range.start.line for e in errors], errors
        print("hl:", errors[0].message)

        # Text that no dialect has.
        uri = "file:///models/plan.mlir"
        client.open(uri, 'plan.no_such_op\n"', "mlir")
        assert await client.diagnostics(uri)
        assert client.alive


asyncio.run(main())
