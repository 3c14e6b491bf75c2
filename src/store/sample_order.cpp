#include "store/sample_order.h"

namespace clockwright::store {

Attempt<std::int64_t> sort_samples(Database& database) {
    TRY(database.execute("INSERT OR IGNORE INTO sample_by_server SELECT * FROM sample_by_time"));
    const std::int64_t sorted = database.changed();
    TRY(database.execute("DELETE FROM sample_by_time"));
    return database.changed() - sorted;
}

}  // namespace clockwright::store
