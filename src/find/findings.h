/// What a file said about time servers: the sources it names, and what in it could not be used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "time/source.h"

namespace clockwright {

/// A file as the port read it.
struct FileText {
    std::string path;
    std::string text;
};

struct Findings {
    std::vector<Source> sources;     ///< each host once, in the order they were found
    std::vector<std::string> notes;  ///< for people: "FILE:3: "a b" is no host: …"
};

/// At most so many sources and so many notes come out of one file: what is written there comes from
/// whoever answers DHCP.
inline constexpr std::size_t most_sources_of_a_file = 16, most_notes_of_a_file = 8;

/// Collects what one file says; every source has the origin `lease` with that file.
class FileFindings {
  public:
    explicit FileFindings(std::string path) : path_(std::move(path)) {}

    /// A name or address as a lease has it: the strict grammar without scheme and port; one dot at
    /// the end is allowed. Anything else becomes a note.
    void add(std::string_view word, int line, bool is_pool = false);
    /// All words of a list, between blanks or any of `separators`.
    void add_words(std::string_view words, int line, std::string_view separators = " \t");
    void note(int line, std::string_view what);
    /// Forgets the sources found so far: a later line replaces them.
    void reset() { findings_.sources.clear(); }

    Findings take() { return std::move(findings_); }

  private:
    std::string path_;
    Findings findings_;
    bool overfull_ = false;
};

/// Appends `more`; a host that is there already is left out, and so is what exceeds these.
inline constexpr std::size_t most_sources = 64, most_notes = 32;
void append(Findings& all, Findings more);

/// One line with its number from 1, without "\n" and "\r".
struct NumberedLine {
    int number = 0;
    std::string_view text;
};
std::vector<NumberedLine> lines_of(std::string_view text);

std::string_view trimmed(std::string_view text);  ///< without blanks and tabs at both ends

}  // namespace clockwright
