#include "app/secret_file.h"

#include "store/durable_file.h"
#include "system/service_notice.h"

namespace clockwright::app {
namespace {

/// Empty: the service manager hands over no such secret.
Result<std::string> handed_over(const std::string& path) {
    const std::string directory = system::credentials_directory();
    if (directory.empty()) return std::string{};
    bool missing = false;
    auto text = store::read_file(directory + path.substr(path.rfind('/')), &missing);
    return missing ? Result<std::string>{} : text;
}

}  // namespace

Result<std::string> read_secret(const std::string& path, bool* missing) {
    std::string text = TRY(handed_over(path));
    if (text.empty()) text = TRY(store::read_secret_file(path, missing));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return fail(Fault::bad_input, path + " holds no secret");
    return text;
}

}  // namespace clockwright::app
