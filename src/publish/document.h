/// A report for people in no format yet: headings, paragraphs and tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace clockwright {

struct DocumentTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

struct Section {
    std::string heading;
    std::vector<std::string> paragraphs;
    std::optional<DocumentTable> table;
    std::string picture{};  ///< SVG of our own making; only a page of HTML has it
};

struct Document {
    std::string title;
    std::vector<Section> sections;
};

/// Foreign text in it may be hostile: each makes it harmless in its own way.
std::string document_text(const Document& document);
std::string document_markdown(const Document& document);
std::string document_html(const Document& document);  ///< one page, no script, nothing fetched

}  // namespace clockwright
