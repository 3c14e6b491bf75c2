#include "system/worker.h"

namespace clockwright::system {

Worker::Worker(boost::asio::io_context& loop) : loop_(loop), thread_([this] { work(); }) {}

Worker::~Worker() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        tasks_.clear();
    }
    news_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Worker::finish() {
    {
        const std::lock_guard lock(mutex_);
        finishing_ = true;
    }
    news_.notify_one();
    thread_.join();
}

void Worker::add(Task task) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    news_.notify_one();
}

void Worker::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        news_.wait(lock, [this] { return ending_ || finishing_ || !tasks_.empty(); });
        if (ending_ || tasks_.empty()) return;
        Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        task = nullptr;  // what it holds goes before the next one is waited for
        lock.lock();
    }
}

}  // namespace clockwright::system
