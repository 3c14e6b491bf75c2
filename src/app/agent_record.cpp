#include "app/agent_record.h"

#include <fmt/format.h>

#include <utility>

#include "app/report_output.h"
#include "store/durable_file.h"
#include "system/clock.h"
#include "system/digest.h"
#include "system/local_host.h"
#include "system/log.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr auto tidy_rest = 5min;    // when all is tidy
constexpr auto slice_rest = 100ms;  // between two slices: the agent's work comes first

}  // namespace

std::string boot_id() {
    const auto file = system::LocalHost{}.read("/proc/sys/kernel/random/boot_id");
    return file ? file->content.substr(0, file->content.find('\n')) : std::string{};
}

AgentRecord::AgentRecord(boost::asio::io_context& loop, const Config& config,
                         std::function<void(const std::string&, std::uint64_t)> told)
    : told_(std::move(told)), directory_(config.state.directory), tidy_(loop), writing_(loop) {
    use(config);
}

Result<void> AgentRecord::open() {
    recorder_ = TRY(store::Recorder::open(directory_));
    auto audit = store::AuditChain::open(directory_, system::sha256_hex, boot_id());
    if (audit) {
        audit_ = std::move(*audit);
    } else {
        system::log_event(system::LogLevel::error,
                          "nothing is added to the audit chain: " + audit.error().message);
    }
    tidy(slice_rest);
    return {};
}

void AgentRecord::use(const Config& config) {
    keep_ = config.record;
    audit_settings_ = config.audit;
}

void AgentRecord::remember(std::vector<Record> rows) {
    writing_.post([this, rows = std::move(rows)] { return write(rows); },
                  [this](const Written& result) { written(result); });
}

AgentRecord::Written AgentRecord::write(const std::vector<Record>& rows) {
    static_cast<void>(recorder_->write(rows));  // its fault is asked for next
    Written result{recorder_->fault(), recorder_->waiting(), recorder_->take_notices(), {}, {}};
    if (!audit_) return result;
    if (auto added = add_to_chain(rows); !added) result.audit_fault = added.error().message;
    result.audit_end = audit_->end();
    return result;
}

/// The chain is synced, and must not hold a look that a loss of power took from the record.
Result<void> AgentRecord::add_to_chain(const std::vector<Record>& rows) {
    const Now now = system::read_clocks();
    if (!audit_->add(rows, now)) return {};
    if (recorder_->waiting() == 0) TRY(recorder_->sync());
    return audit_->flush(now);
}

void AgentRecord::written(const Written& result) {
    for (const std::string& notice : result.notices)
        system::log_event(system::LogLevel::error, notice);
    audit_fault_.note("nothing is added to the audit chain", result.audit_fault);
    note_head(result.audit_end);
    told_(result.fault, result.waiting);
}

/// The head leaves this machine's disk with the log, once a day: what is cut off at the end of the
/// chain shows against it.
void AgentRecord::note_head(const store::ChainEnd& end) {
    const auto today = std::chrono::floor<std::chrono::days>(system::read_clocks().wall);
    if (end.records == 0 || std::exchange(head_told_, today) == today) return;
    sign_fault_.note("the head of the audit chain is not signed", sign_head(end));
    system::log_event(system::LogLevel::info, fmt::format("the audit chain has {} records, head={}",
                                                          end.records, end.head));
}

/// Beside the chain, as a file of the day with its signature; what was at fault, empty: nothing.
std::string AgentRecord::sign_head(const store::ChainEnd& end) const {
    if (audit_settings_.key.empty()) return {};
    const std::string at = rfc3339(system::read_clocks().wall);
    const std::string head = store::head_text({system::host_name(), at, end});
    const auto signature = signature_by(audit_settings_.key, head);
    if (!signature) return signature.error().message;
    const std::string file = fmt::format("{}/audit/{}.head", directory_, at.substr(0, 10));
    for (const auto& [path, text] : {std::pair(file, &head), std::pair(file + ".sig", &*signature)})
        if (auto kept = store::replace_file(path, *text); !kept) return kept.error().message;
    return {};
}

void AgentRecord::tidy(std::chrono::milliseconds rest) {
    tidy_.expires_after(rest);
    tidy_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        writing_.post([this, now = system::read_clocks().wall,
                       keep = keep_] { return recorder_->tidy(now, keep); },
                      [this](const Result<bool>& more) {  // a fault shows with the next write
                          if (more && *more) return tidy(slice_rest);
                          prune();
                          tidy(tidy_rest);
                      });
    });
}

void AgentRecord::prune() {
    const Seconds keep = audit_settings_.keep;
    if (keep <= Seconds{0} || !demonstrated_) return;
    writing_.post(
        [this, keep] {
            const Now now = system::read_clocks();
            return audit_ ? audit_->prune(now.wall - to_nanoseconds(keep), now) : Result<int>(0);
        },
        [this](const Result<int>& done) {
            prune_fault_.note("old files of the audit chain stay",
                              done ? std::string{} : done.error().message);
        });
}

}  // namespace clockwright::app
