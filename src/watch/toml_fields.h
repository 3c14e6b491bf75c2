/// Reads the keys of a TOML table that a person wrote, and remembers every fault with its line.
#pragma once

#include <toml++/toml.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clockwright {

/// One table. Every key that was not taken is a fault when `close` is called. Faults are
/// "FILE:LINE: PLACE.KEY: what is wrong".
class TomlFields {
  public:
    TomlFields(const std::string& file, const toml::table& table, std::string place,
               std::vector<std::string>& faults)
        : file_(file), table_(table), place_(std::move(place)), faults_(faults) {}

    /// Gives `read` the node of the key, when it is there; a text that it gives back is a fault.
    void take(std::string_view key, const std::function<std::string(const toml::node&)>& read);
    /// At most 1000 octets; `check` gives what is wrong with it.
    void take_text(std::string_view key, std::optional<std::string>& target,
                   const std::function<std::string(const std::string&)>& check = {});
    void take_number(std::string_view key, std::optional<double>& target);
    void take_flag(std::string_view key, std::optional<bool>& target);

    bool has(std::string_view key) const { return table_.contains(key); }
    void fault(std::string_view key, std::string_view what);
    void close();

  private:
    const std::string& file_;
    const toml::table& table_;
    std::string place_;
    std::vector<std::string>& faults_;
    std::vector<std::string> known_;
};

}  // namespace clockwright
