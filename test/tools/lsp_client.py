"""A client of the language servers for tests: pygls's own, with what a test waits for."""
import asyncio
import os
import pathlib
import time

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient


class Client:
    """One server process; `async with Client(command) as client`."""

    def __init__(self, *command):
        self.command = command
        self.client = LanguageClient("argent-test", "1")
        self.published = {}  # uri -> list of (time, params)
        self.arrived = asyncio.Event()
        self.versions = {}

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def receive(params):
            self.published.setdefault(params.uri, []).append((time.perf_counter(), params))
            self.arrived.set()

    async def __aenter__(self):
        await self.client.start_io(*self.command)
        self.initialized = await self.wait(
            self.client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
        )
        self.client.initialized(lsp.InitializedParams())
        return self

    async def __aexit__(self, kind, *_):
        process = self.client._server
        try:
            if kind is None:
                await self.wait(self.client.shutdown_async(None))
                self.client.exit(None)
                await asyncio.wait_for(process.wait(), 10)
                assert process.returncode == 0, f"the server ended with status {process.returncode}"
        finally:
            if process.returncode is None:
                process.kill()
            await self.client.stop()

    async def wait(self, awaitable, seconds=30):
        """The answer; a server that ended, or that answers nothing, is a failure."""
        return await asyncio.wait_for(awaitable, seconds)

    @property
    def alive(self):
        return self.client._server.returncode is None

    def open(self, uri, text, language="ag"):
        self.versions[uri] = 1
        self.opened_at = time.perf_counter()
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, language, 1, text))
        )

    def change(self, uri, *changes):
        """Whole texts, or (range, text)."""
        self.versions[uri] += 1
        events = [
            lsp.TextDocumentContentChangeWholeDocument(change)
            if isinstance(change, str)
            else lsp.TextDocumentContentChangePartial(range=change[0], text=change[1])
            for change in changes
        ]
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri), events)
        )

    async def diagnostics(self, uri, seconds=30):
        """Those of the last version that was sent."""

        async def latest():
            while True:
                for when, params in self.published.get(uri, []):
                    if params.version == self.versions[uri]:
                        self.first_after = when - self.opened_at
                        return list(params.diagnostics)
                self.arrived.clear()
                await self.arrived.wait()

        return await self.wait(latest(), seconds)

    def at(self, uri, line, character):
        return dict(text_document=lsp.TextDocumentIdentifier(uri), position=lsp.Position(line, character))

    async def hover(self, uri, line, character):
        answer = await self.wait(self.client.text_document_hover_async(lsp.HoverParams(**self.at(uri, line, character))))
        return answer.contents.value if answer else None

    async def definition(self, uri, line, character):
        return await self.wait(
            self.client.text_document_definition_async(lsp.DefinitionParams(**self.at(uri, line, character)))
        )

    async def completion(self, uri, line, character):
        answer = await self.wait(
            self.client.text_document_completion_async(lsp.CompletionParams(**self.at(uri, line, character)))
        )
        return {item.label: item for item in answer.items}


def binary(name):
    return os.path.join(os.environ.get("ARGENT_BUILD", "build"), "bin", name)


def source(path):
    return pathlib.Path(os.environ.get("ARGENT_SOURCE", "."), path)
