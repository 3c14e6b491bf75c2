/// A thread beside the event loop: jobs go in, and what they give comes back on the loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace clockwright::system {

/// One job after the other. Nothing is shared but the values that go in and come out. What is
/// dropped with the worker is told to nobody.
class Worker {
  public:
    explicit Worker(boost::asio::io_context& loop);
    ~Worker();  ///< ends the job in hand; those that wait are dropped
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Waits for every job there is; none may be posted after it.
    void finish();

    /// `job()` runs on the thread, `then(its value)` on the loop.
    template <class Job, class Then>
    void post(Job job, Then then) {
        add([this, job = std::move(job), then = std::move(then)]() mutable {
            boost::asio::post(loop_, [value = job(), then = std::move(then)]() mutable {
                then(std::move(value));
            });
        });
    }

  private:
    using Task = std::move_only_function<void()>;

    void add(Task task);
    void work();

    boost::asio::io_context& loop_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Task> tasks_;
    bool ending_ = false;     ///< at once
    bool finishing_ = false;  ///< when nothing is left
    std::thread thread_;      ///< last: it uses all the others
};

}  // namespace clockwright::system
