#include <libpq-fe.h>

/// The fields of errors and notices that Reflog reads. Swift can't read macros that are characters.
static const int CLIBPQ_SQLSTATE = PG_DIAG_SQLSTATE;
static const int CLIBPQ_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
static const int CLIBPQ_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION;
