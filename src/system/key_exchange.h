/// One key exchange of NTS over TCP and TLS, beside everything else (RFC 8915 §4).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ntp/nts_keys.h"
#include "ntp/nts_record.h"
#include "system/tls_stream.h"
#include "time/address.h"
#include "time/host_name.h"
#include "time/nts.h"

namespace clockwright::system {

/// Whom to ask for keys, and where.
struct KeyRequest {
    HostName host;  ///< the certificate must be for its name
    Endpoint at;
    Seconds time_out{4};  ///< of all of it together
};

/// What came of it. With keys, `report.failure` is `none`, or `clock_wrong` when the dates of the
/// certificate could not be judged; `report.server` and `port` are what the server named, or the
/// host itself and 123.
struct KeyOutcome {
    std::optional<ntp::NtsKeys> keys;
    bool names_server = false;  ///< `report.server` is of the server's choice
    NtsReport report;
};

/// Must live until it has called back, which it does once, from the loop.
class KeyExchange {
  public:
    using OnDone = std::function<void(KeyOutcome)>;

    KeyExchange(boost::asio::io_context& context, TrustAnchors& anchors, KeyRequest request,
                OnDone on_done);
    ~KeyExchange();
    KeyExchange(const KeyExchange&) = delete;
    KeyExchange& operator=(const KeyExchange&) = delete;

    void begin(WallTime now);

  private:
    enum class Stage { connecting, handshaking, awaiting_answer };
    using Step = std::expected<bool, ntp::ExchangeFailure>;  ///< true: the answer is complete

    void connect();
    void connected();
    void wait_to_send();
    void wait_to_receive();
    void receive();
    void proceed();
    Step handshake();
    Step read_answer();
    bool flush();
    void cannot_reach(int error);
    void timed_out();
    void finish(ntp::ExchangeFailure failure);
    void succeed();
    void done();

    boost::asio::io_context& context_;
    KeyRequest request_;
    OnDone on_done_;
    TrustAnchors& anchors_;
    std::optional<TlsStream> tls_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer deadline_;
    Stage stage_ = Stage::connecting;
    std::vector<std::uint8_t> unsent_;
    bool waiting_to_send_ = false, finished_ = false;
    std::size_t received_ = 0;  ///< octets from the wire
    ntp::KeyAnswer answer_;
    KeyOutcome outcome_;
};

}  // namespace clockwright::system
