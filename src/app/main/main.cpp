#include "app/verbs.h"

int main(int argc, char** argv) {
    return clockwright::app::run(argc, argv);
}
