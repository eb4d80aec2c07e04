// The library is written in Swift (Sources/TapedeckABI); this file only makes the header a module.
#include "tapedeck.h"
