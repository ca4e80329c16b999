// Includes CBK_TEMPLATE for both types of real numbers: REAL is float or double, BITS an integer of its size, and
// NAMED(name) is name_f32 or name_f64.
#define REAL float
#define BITS uint32_t
#define NAMED(name) name##_f32
#include CBK_TEMPLATE
#undef REAL
#undef BITS
#undef NAMED

#define REAL double
#define BITS uint64_t
#define NAMED(name) name##_f64
#include CBK_TEMPLATE
#undef REAL
#undef BITS
#undef NAMED
#undef CBK_TEMPLATE
