//===- Plot.cpp - argent plot ---------------------------------------------------------------===//
#include "Command.h"
#include "GradientChart.h"
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
template <typename Run> static void tellApart(std::vector<Run> &runs, const std::vector<std::string> &logs) {
  auto count = [&](const std::string &name) {
    return std::count_if(runs.begin(), runs.end(), [&](const Run &run) { return run.name == name; });
  };
  std::vector<bool> isAmbiguous;
  for (const Run &run : runs)
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

/// Reads what the files hold and draws it.
template <typename Run, typename Read, typename Draw>
static Status plot(const PlotOptions &options, const char *many, const Read &read, const Draw &draw) {
  std::vector<Run> runs;
  std::vector<std::string> logs; // of each run
  for (const std::string &log : options.logs) {
    ARGENT_RETURN_IF_ERROR(read(log, runs));
    logs.resize(runs.size(), log);
  }
  tellApart(runs, logs);
  std::string title = options.title;
  if (title.empty())
    title = runs.size() == 1 ? runs[0].name : std::to_string(runs.size()) + many;
  return draw(runs, title);
}

static int runPlot(const PlotOptions &options) {
  const auto reports = std::count_if(options.logs.begin(), options.logs.end(), isGradientReport);
  const bool areReports = reports > 0;
  if (areReports && reports != static_cast<std::ptrdiff_t>(options.logs.size()))
    return report(Status(StatusCode::kInvalidArgument,
                         "some of the files are gradient reports, others are logs: they make two pictures"));
  if (!options.output.ends_with(".png") && !(areReports && options.output.ends_with(".svg")))
    return reportUsage(areReports ? "the picture is SVG or PNG: give -o FILE.svg or FILE.png, not " + options.output
                                  : "the picture is PNG: give -o FILE.png, not " + options.output);
  Status status = checkOutput(options.output, options.logs);
  if (status.ok())
    status = areReports ? plot<GradientRun>(options, " gradient reports", readGradientReport,
                                            [&](const std::vector<GradientRun> &runs, const std::string &title) {
                                              return drawGradients(runs, title, options.output);
                                            })
                        : plot<PlotRun>(options, " trainings", readPlotLog,
                                        [&](const std::vector<PlotRun> &runs, const std::string &title) {
                                          return drawPlot(runs, title).writePng(options.output);
                                        });
  return status.ok() ? 0 : report(status);
}

void addPlotCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<PlotOptions>();
  CLI::App *sub =
      app.add_subcommand("plot", "Draw loss and metrics of trainings from their logs, or gradients from their reports, "
                                 "several in one picture");
  sub->footer("Example\n"
              "  argent train lenet5.ag --data fashion-mnist --log slow.jsonl --set rate=0.01\n"
              "  argent train lenet5.ag --data fashion-mnist --log fast.jsonl\n"
              "  argent plot slow.jsonl fast.jsonl -o both.png");
  sub->add_option("LOG", options->logs,
                  "Logs that `argent train --log` wrote; or reports that `argent train --gradient-report` wrote")
      ->required();
  sub->add_option(
         "-o,--output", options->output,
         "The picture. Of logs, PNG: a panel for the loss and one for each metric, over the updates. Of gradient "
         "reports, SVG or PNG: a column for each")
      ->type_name("FILE")
      ->required();
  sub->add_option("--title", options->title, "What stands above (default: the log's name)")->type_name("TEXT");
  sub->callback([options, &status] { status = runPlot(*options); });
}

} // namespace argent::tool
