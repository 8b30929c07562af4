// Starts the language servers of Argent. The protocol does the rest.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const clients = [];

function start(id, name, command, selector) {
  const client = new LanguageClient(id, name, { command }, { documentSelector: selector });
  clients.push(client);
  return client.start();
}

exports.activate = async function () {
  const settings = workspace.getConfiguration("argent");
  const mlir = settings.get("mlirServer");
  if (mlir) start("argent-mlir", "Argent MLIR", mlir, [{ pattern: "**/*.mlir" }]);
  await start("argent", "Argent", settings.get("server"), [{ language: "ag" }]);
};

exports.deactivate = () => Promise.all(clients.map((client) => client.stop()));
