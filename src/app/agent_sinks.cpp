#include "app/agent_sinks.h"

#include "app/config_keys.h"
#include "system/clock.h"
#include "system/local_host.h"

namespace clockwright::app {
namespace {

bool has_files(const SinkSettings& sinks) {
    return !sinks.metrics.textfile.empty() || !sinks.files.csv.empty() ||
           !sinks.files.status_log.empty();
}

/// On the worker's thread; what comes of it is said there.
void run(system::Worker& worker, auto act) {
    worker.post(
        [act = std::move(act)] {
            act();
            return true;
        },
        [](bool) {});
}

/// All that decides what a sink does, to tell whether a reload changes anything.
std::string all_of(const Config& config) {
    std::string text = config.sinks.influx.token;
    for (const Key& key : sink_keys()) text += "\n" + key.show(config);
    return text;
}

}  // namespace

AgentSinks::AgentSinks(boost::asio::io_context& loop, const Config& config, double splay)
    : loop_(loop), splay_(splay), again_(loop) {
    use(config);
}

void AgentSinks::use(const Config& config) {
    std::string wanted = all_of(config);
    if (wanted == in_use_) return;
    in_use_ = std::move(wanted);
    again_.cancel();
    // Their workers first: they end the job in hand, which uses what is replaced then.
    finish();
    writing_.reset();
    pushing_.reset();
    files_.reset();
    influx_.reset();
    const SinkSettings& sinks = config.sinks;
    if (has_files(sinks)) {
        files_ = std::make_unique<FileSinks>(sinks);
        writing_ = std::make_unique<system::Worker>(loop_);
    }
    if (!sinks.influx.url.empty()) {
        influx_ =
            std::make_unique<InfluxSink>(sinks.influx, config.state.directory + "/spool/influx",
                                         system::host_name(), splay_, system::read_clocks().steady);
        pushing_ = std::make_unique<system::Worker>(loop_);
        push();
    }
}

void AgentSinks::tell(const std::vector<Record>& rows) {
    if (files_)
        run(*writing_, [this, rows, now = system::read_clocks()] { files_->tell(rows, now); });
    if (influx_) run(*pushing_, [this, rows] { influx_->tell(rows); });
}

void AgentSinks::show(const Snapshot& snapshot) {
    if (!files_ && !influx_) return;
    const auto shown = std::make_shared<const Snapshot>(snapshot);
    if (files_)
        run(*writing_, [this, shown, now = system::read_clocks()] { files_->show(*shown, now); });
    if (influx_) run(*pushing_, [this, shown] { influx_->show(*shown); });
}

void AgentSinks::push() {
    pushing_->post([this] { return influx_->push(system::read_clocks().steady); },
                   [this](SteadyTime next) {
                       if (!influx_) return;
                       again_.expires_after(next - system::read_clocks().steady);
                       again_.async_wait([this](const boost::system::error_code& error) {
                           if (!error) push();
                       });
                   });
}

void AgentSinks::finish() {
    if (writing_) writing_->finish();
    if (pushing_) pushing_->finish();
}

}  // namespace clockwright::app
