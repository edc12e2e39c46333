#include <libpq-fe.h>

/// The codes of the fields that Reflog reads from errors and notices. Swift can't import the macros of libpq, because
/// the values of the macros are characters. So this header repeats the macros as constants.
static const int CLIBPQ_SQLSTATE = PG_DIAG_SQLSTATE;
static const int CLIBPQ_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
static const int CLIBPQ_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION;
