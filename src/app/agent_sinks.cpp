#include "app/agent_sinks.h"

#include "app/config_keys.h"
#include "publish/influx.h"
#include "publish/prometheus.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/service_notice.h"

namespace clockwright::app {
namespace {

constexpr std::chrono::seconds look_rest{10};
/// Prometheus shows a sample for five minutes; where cycles are closer none is repeated.
constexpr Seconds sample_rest{120};

bool has_files(const SinkSettings& sinks) {
    return !sinks.metrics.textfile.empty() || !sinks.files.csv.empty() ||
           !sinks.files.status_log.empty();
}

/// Where a name without a directory lies: with this service's logs, root's, or the user's state.
std::string logs_of(const Config& config) {
    if (const std::string own = system::logs_directory(); !own.empty()) return own;
    return system::is_root() && !config.is_set("state.directory") ? "/var/log/clockwright"
                                                                  : config.state.directory;
}

SinkSettings with_places(const Config& config) {
    SinkSettings sinks = config.sinks;
    for (std::string* name : {&sinks.files.csv, &sinks.files.status_log})
        if (!name->empty() && name->front() != '/') *name = logs_of(config) + "/" + *name;
    return sinks;
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

InfluxSchema schema_of(const InfluxSettings& influx) {
    return influx.schema == "ntp-monitor" ? InfluxSchema::ntp_monitor : InfluxSchema::telegraf;
}

/// Made when it is first wanted; a place that is wanted no more keeps its lane, which is idle.
void use_lane(std::optional<PushLane>& lane, PushPlace place, auto make) {
    const bool wanted = place.settings.is_wanted();
    if (!lane && wanted) make();
    if (lane) lane->use(wanted ? std::optional(std::move(place)) : std::nullopt);
}

}  // namespace

AgentSinks::AgentSinks(boost::asio::io_context& loop, const Config& config, double splay)
    : loop_(loop),
      splay_(splay),
      host_(system::host_name()),
      samples_(std::make_shared<RemoteWriteLines>(host_)),
      polls_(std::make_shared<PollWindows>()),
      heartbeat_(loop),
      again_(loop) {
    take(config);
    wait_to_repeat();
}

void AgentSinks::use(const Config& config) {
    if (all_of(config) != all_of(config_)) take(config);
}

void AgentSinks::take(const Config& config) {
    config_ = config;
    const SinkSettings& sinks = config_.sinks;
    use_files();
    heartbeat_.use(sinks.heartbeat);
    const std::string spools = config.state.directory + "/spool/";
    use_lane(influx_, influx_place(sinks.influx),
             [&] { influx_.emplace(loop_, spools + "influx", splay_); });
    use_lane(remote_write_, remote_write_place(sinks.remote_write),
             [&] { remote_write_.emplace(loop_, spools + "remote_write", splay_); });
}

void AgentSinks::use_files() {
    // Its worker first: it ends the job in hand, which uses what is replaced then.
    if (writing_) writing_->finish();
    writing_.reset();
    const SinkSettings places = with_places(config_);
    if (files_) files_->use(places);
    if (!has_files(places)) {
        files_.reset();
        return;
    }
    if (!files_) files_ = std::make_unique<FileSinks>(places);
    writing_ = std::make_unique<system::Worker>(loop_);
}

void AgentSinks::tell(const std::vector<Record>& rows) {
    if (files_)
        run(*writing_, [this, rows, now = system::read_clocks()] { files_->tell(rows, now); });
    const InfluxSettings& influx = config_.sinks.influx;
    if (influx.push.is_wanted())
        influx_->add([rows, schema = schema_of(influx), host = host_, polls = polls_] {
            const std::string lines = influx_lines(rows, schema, host);
            return schema == InfluxSchema::ntp_monitor ? lines + polls->add(rows, host) : lines;
        });
}

void AgentSinks::show(const Snapshot& snapshot) {
    const InfluxSettings& influx = config_.sinks.influx;
    const bool posts = influx.push.is_wanted() || config_.sinks.remote_write.push.is_wanted() ||
                       config_.sinks.heartbeat.is_wanted();
    shown_.reset();
    if (!files_ && !posts) return;
    const auto shown = shown_ = std::make_shared<const Snapshot>(snapshot);
    if (files_)
        run(*writing_, [this, shown, now = system::read_clocks()] { files_->show(*shown, now); });
    if (influx.push.is_wanted())
        influx_->add([shown, schema = schema_of(influx), host = host_] {
            return influx_lines(*shown, schema, host);
        });
    heartbeat_.show(*shown, system::read_clocks().steady);
    show_samples(shown->at);
}

void AgentSinks::wait_to_repeat() {
    again_.expires_after(look_rest);
    again_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        repeat();
        wait_to_repeat();
    });
}

/// What is known says as much between two cycles as it does to who asks for /metrics.
void AgentSinks::repeat() {
    const Now now = system::read_clocks();
    if (!shown_ || is_stale(*shown_, now.wall)) return;
    heartbeat_.show(*shown_, now.steady);
    if (sampled_ && now.steady - *sampled_ >= sample_rest) show_samples(now.wall);
}

void AgentSinks::show_samples(WallTime at) {
    const PushSettings& push = config_.sinks.remote_write.push;
    const Now now = system::read_clocks();
    if (!push.is_wanted() || (sampled_ && now.steady - *sampled_ < push.interval * 0.9)) return;
    sampled_ = now.steady;
    const auto& compat = config_.sinks.metrics.compat;
    remote_write_->add([samples = samples_, shown = shown_, wall = now.wall, at,
                        compat = std::set<std::string>(compat.begin(), compat.end())] {
        return samples->of(prometheus_text(shown.get(), wall, compat), at);
    });
}

void AgentSinks::finish() {
    if (writing_) {
        run(*writing_, [this] { files_->end(); });
        writing_->finish();
    }
    if (influx_) influx_->finish();
    if (remote_write_) remote_write_->finish();
}

}  // namespace clockwright::app
