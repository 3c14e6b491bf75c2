/// The agent's HTTP server: the snapshot, the record and the stream of what happens.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <span>
#include <string>

#include "app/config.h"
#include "publish/http_access.h"
#include "publish/snapshot.h"
#include "system/http_server.h"
#include "system/worker.h"
#include "watch/record.h"

namespace clockwright::app {

class AgentHttp {
  public:
    /// On `agent.listen`. Fault::bad_input for a token that others may read; another address than
    /// loopback without a token is refused.
    static Result<std::unique_ptr<AgentHttp>> open(boost::asio::io_context& loop,
                                                   const Config& config);

    /// After the configuration changed: the token is read anew, too, and where it listens stays. A
    /// token that cannot be used leaves the old one, and is said in the log.
    void use(const Config& config);
    const AccessRules& access() const { return access_; }
    void show(const Snapshot& snapshot);
    void tell(std::span<const Record> rows);  ///< alerts and events, to the streams
    const Endpoint& endpoint() const { return server_->endpoint(); }

  private:
    AgentHttp(boost::asio::io_context& loop, const Config& config, AccessRules access);
    void answer(HttpRequest request, const system::HttpAnswer& give);

    Config config_;
    AccessRules access_;
    std::shared_ptr<const Snapshot> snapshot_;  ///< shared with answers that read the record
    std::unique_ptr<system::HttpServer> server_;
    system::Worker reading_;
};

/// The secret that clients must know: the credential `http-token` that the service manager hands
/// over, else what is in /etc/clockwright/http-token. Empty: there is none.
Result<std::string> read_http_token();

}  // namespace clockwright::app
