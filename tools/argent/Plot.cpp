//===- Plot.cpp - argent plot ---------------------------------------------------------------===//
#include "Command.h"
#include "PlotData.h"

#include "runtime/checkpoint/File.h"

#include <algorithm>

namespace argent::tool {

namespace {
struct PlotOptions {
  std::vector<std::string> logs;
  std::string output, title;
};
} // namespace

static int runPlot(const PlotOptions &options) {
  if (Status status = checkWritable(options.output); !status.ok())
    return report(status);
  std::vector<PlotRun> runs;
  for (const std::string &log : options.logs)
    if (Status status = readPlotLog(log, runs); !status.ok())
      return report(status);
  std::string title = options.title;
  if (title.empty())
    title = runs.size() == 1 ? runs[0].name : std::to_string(runs.size()) + " trainings";
  Status status = drawPlot(runs, title).writePng(options.output);
  return status.ok() ? 0 : report(status);
}

void addPlotCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<PlotOptions>();
  CLI::App *sub = app.add_subcommand("plot", "Draw loss and metrics of trainings from their logs, several in one picture");
  sub->add_option("LOG", options->logs, "Logs that `argent train --log` wrote")->required();
  sub->add_option("-o,--output", options->output, "The picture, a PNG file")->type_name("FILE")->required();
  sub->add_option("--title", options->title, "What stands above (default: the log's name)")->type_name("TEXT");
  sub->callback([options, &status] { status = runPlot(*options); });
}

} // namespace argent::tool
