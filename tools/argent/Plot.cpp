//===- Plot.cpp - argent plot ---------------------------------------------------------------===//
#include "Command.h"
#include "Output.h"
#include "PlotData.h"

#include <algorithm>
#include <map>

namespace argent::tool {

namespace {
struct PlotOptions {
  std::vector<std::string> logs;
  std::string output, title;
};
} // namespace

/// Runs of one name get the path of their log instead; those of one log a number.
static void tellApart(std::vector<PlotRun> &runs, const std::vector<std::string> &logs) {
  auto count = [&](const std::string &name) {
    return std::count_if(runs.begin(), runs.end(), [&](const PlotRun &run) { return run.name == name; });
  };
  std::vector<bool> isAmbiguous;
  for (const PlotRun &run : runs)
    isAmbiguous.push_back(count(run.name) > 1);
  for (size_t i = 0; i < runs.size(); ++i)
    if (isAmbiguous[i])
      runs[i].name = logs[i];
  std::map<std::string, int> seen;
  for (size_t i = 0; i < runs.size(); ++i)
    if (isAmbiguous[i])
      if (int number = ++seen[logs[i]]; number > 1)
        runs[i].name += " (" + std::to_string(number) + ")";
}

static int runPlot(const PlotOptions &options) {
  if (!options.output.ends_with(".png"))
    return reportUsage("the picture is PNG: give -o FILE.png, not " + options.output);
  if (Status status = checkOutput(options.output); !status.ok())
    return report(status);
  std::vector<PlotRun> runs;
  std::vector<std::string> logs; // of each run
  for (const std::string &log : options.logs) {
    if (Status status = readPlotLog(log, runs); !status.ok())
      return report(status);
    logs.resize(runs.size(), log);
  }
  tellApart(runs, logs);
  std::string title = options.title;
  if (title.empty())
    title = runs.size() == 1 ? runs[0].name : std::to_string(runs.size()) + " trainings";
  Status status = drawPlot(runs, title).writePng(options.output);
  return status.ok() ? 0 : report(status);
}

void addPlotCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<PlotOptions>();
  CLI::App *sub =
      app.add_subcommand("plot", "Draw loss and metrics of trainings from their logs, several in one picture");
  sub->footer("Example\n"
              "  argent train lenet5.ag --data fashion-mnist --log slow.jsonl --set rate=0.01\n"
              "  argent train lenet5.ag --data fashion-mnist --log fast.jsonl\n"
              "  argent plot slow.jsonl fast.jsonl -o both.png");
  sub->add_option("LOG", options->logs, "Logs that `argent train --log` wrote")->required();
  sub->add_option("-o,--output", options->output,
                  "The picture, a PNG file: a panel for the loss and one for each metric, over the updates")
      ->type_name("FILE.png")
      ->required();
  sub->add_option("--title", options->title, "What stands above (default: the log's name)")->type_name("TEXT");
  sub->callback([options, &status] { status = runPlot(*options); });
}

} // namespace argent::tool
