/// Reads one table of a TOML file key by key and notes every fault with its line.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "time/units.h"

namespace clockwright::lab {

/// What is wrong with a file.
class Faults {
  public:
    /// `key`: where in the file, as a person would write it; empty for the file itself.
    void add(std::uint32_t line, std::string_view key, std::string_view what);

    bool empty() const { return all_.empty(); }

    /// "FILE line 7: server[2].loss: 1.5 is not within 0–1", one per line, in the file's order.
    std::string text(std::string_view file_name) const;

  private:
    struct Entry {
        std::uint32_t line;
        std::string sentence;
    };
    std::vector<Entry> all_;
};

/// The line a node stands on, from 1.
std::uint32_t line_of(const toml::node& node);

/// Each question names a key once: the answer is empty when the key is missing or faulty, and a
/// fault is noted for the latter. Keys never asked for are faults too (`finish`).
class TableReader {
  public:
    /// `prefix`: "server[2]." or empty. Table and faults must live as long as the reader.
    TableReader(const toml::table& table, std::string prefix, Faults& faults);

    bool has(std::string_view key) const { return table_.contains(key); }

    /// Text without control characters, backslashes or broken UTF-8.
    std::optional<std::string> text(std::string_view key);
    std::optional<double> number(std::string_view key, double least, double most);
    std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
    /// "10ms" or, with `least` below zero, "-10ms".
    std::optional<Seconds> duration(std::string_view key, Seconds least, Seconds most);
    /// The tables of `[[key]]`.
    std::vector<const toml::table*> tables(std::string_view key);

    /// A fault of this key, or of the whole table when it is not there.
    void fault(std::string_view key, std::string_view what);

    /// Notes all keys that nobody asked for.
    void finish();

  private:
    const toml::node* take(std::string_view key);

    const toml::table& table_;
    std::string prefix_;
    Faults& faults_;
    std::vector<std::string_view> known_;
};

}  // namespace clockwright::lab
