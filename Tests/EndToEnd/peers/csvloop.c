// Prints a ledger's changes as CSV, in the same form as `reflog export`: csvloop LEDGER > FILE.
//
// It uses one SQL statement with joins, one loop and one buffer. So its speed shows the cost of the columns alone, without
// Swift, GRDB and HTTP.

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] =
    "id,sequence,activityDateTime,tenantId,subject,flowType,flowId,step,kind,result,resultDateTime,beforeState,"
    "beforeConnectorId,beforeConnectorName,afterState,afterConnectorId,afterConnectorName,changedProperties,actorType,"
    "actorProof,actorId,actorName,actorUserPrincipalName,clientAppId,ipAddress,reason,correlationId,requestId,"
    "graphRequestId,rollbackOf,rollbackTo,batchId,httpStatus,errorCode,errorMessage,settledBy,lastVerifiedDateTime,"
    "erasedEventId,erasedDateTime,statementErasedEventId,statementErasedDateTime,overrideEventId,overrideReason,"
    "overrideErasedEventId,overrideErasedDateTime\r\n";

// The service event that erased the data in a joined row, and the time of the event. The view is read only for erased data.
#define ERASED(row, column) \
  " iif(" row ".erased_hash IS NULL, NULL, (SELECT " column " FROM change_details AS details WHERE details.id = c.id))"
#define ERASED_TIME(row, column) \
  " iif(" row ".erased_hash IS NULL, NULL," \
  "  (SELECT time FROM service_event WHERE id = (SELECT " column " FROM change_details AS details WHERE details.id = c.id)))"

// The columns in the order of the header.
static const char query[] =
    "SELECT c.id, coalesce(c.outcome_sequence, c.intent_sequence), c.activity_time, ledger.tenant_id, c.subject,"
    " flow.flow_type, flow.flow_id, step.name, c.kind, c.result, c.result_time,"
    " c.before_state, before.connector_id, before_name.display_name,"
    " iif(c.created_connector IS NULL, c.after_state, 'connector'), after.connector_id, after_name.display_name,"
    " c.changed_properties, actor.actor_type, c.actor_proof, actor.actor_id, actor_name.name,"
    " actor_name.user_principal_name, client_app.app_id, personal.ip_address, personal.reason,"
    " c.correlation_id, c.request_id, c.graph_request_id, c.rollback_of, c.rollback_to, c.batch_id,"
    " c.http_status, c.error_code,"
    " coalesce(c.error_message, coalesce(stating_name.name, stating_actor.actor_id) || ': ' || statement.reason),"
    " c.settled_by, c.last_verified_time,"
    ERASED("personal", "erased_event") ", " ERASED_TIME("personal", "erased_event") ", "
    ERASED("statement", "statement_erased_event") ", " ERASED_TIME("statement", "statement_erased_event") ","
    " freeze_override.event, overriding.reason, "
    ERASED("overriding", "override_erased_event") ", " ERASED_TIME("overriding", "override_erased_event")
    " FROM change AS c"
    " JOIN ledger"
    " LEFT JOIN address ON address.id = c.address"
    " LEFT JOIN flow ON flow.id = address.flow"
    " LEFT JOIN step ON step.id = address.step"
    " LEFT JOIN connector AS before ON before.id = c.before_connector"
    " LEFT JOIN connector_name AS before_name ON before_name.id = c.before_name"
    " LEFT JOIN connector AS after ON after.id = coalesce(c.created_connector, c.after_connector)"
    " LEFT JOIN connector_name AS after_name"
    "  ON after_name.id = iif(c.created_connector IS NULL, c.after_name, c.created_name)"
    " LEFT JOIN actor ON actor.id = c.actor"
    " LEFT JOIN change_personal AS personal ON personal.change = c.id"
    " LEFT JOIN actor_name ON actor_name.id = personal.actor_name"
    " LEFT JOIN client_app ON client_app.id = c.client_app"
    " LEFT JOIN change_statement AS statement ON statement.change = c.id"
    " LEFT JOIN actor AS stating_actor ON stating_actor.id = statement.actor"
    " LEFT JOIN actor_name AS stating_name ON stating_name.id = statement.actor_name"
    " LEFT JOIN freeze_override ON freeze_override.change = c.id"
    " LEFT JOIN service_event_personal AS overriding ON overriding.event = freeze_override.event"
    " ORDER BY c.id";

// The type of each column: n is a number, t a time, w one of Reflog's fixed values, x a text that can need quotes or a guard.
static const char kinds[] = "nntxwwxxwwtwxxwxxxwwxxxxxxxxxntxnxxwtntntnxnt";

// The output buffer. It grows as needed. If it has at least FLUSH_BYTES after a row, it is written.
static struct {
  unsigned char *bytes;
  size_t count, capacity;
} out;

enum { FLUSH_BYTES = 1 << 18 };

static void fail(const char *problem) {
  fprintf(stderr, "csvloop: %s\n", problem);
  exit(1);
}

static unsigned char *room(size_t count) {
  if (out.count + count > out.capacity) {
    out.capacity = (out.count + count) * 2;
    out.bytes = realloc(out.bytes, out.capacity);
    if (!out.bytes) fail("out of memory");
  }
  return out.bytes + out.count;
}

static void put(const void *bytes, size_t count) {
  memcpy(room(count), bytes, count);
  out.count += count;
}

static void flush(void) {
  if (fwrite(out.bytes, 1, out.count, stdout) != out.count) fail("cannot write");
  out.count = 0;
}

static void put_digits(int64_t number, int width) {
  unsigned char *digits = room(width);
  for (int index = width - 1; index >= 0; index--, number /= 10) digits[index] = '0' + number % 10;
  out.count += width;
}

static void put_number(int64_t number) {
  char digits[24];
  put(digits, snprintf(digits, sizeof digits, "%lld", (long long)number));
}

// Writes microseconds since 1970 in the form 2026-11-23T09:15:02.123456Z. The number must not be negative.
static void put_time(int64_t microseconds) {
  int64_t seconds = microseconds / 1000000, days = seconds / 86400, rest = seconds % 86400;
  // Converts days to a civil date, in eras of 400 years that begin on 1 March.
  days += 719468;
  int64_t era = days / 146097, day_of_era = days % 146097;
  int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
  int64_t shifted = (5 * day_of_year + 2) / 153, month = shifted < 10 ? shifted + 3 : shifted - 9;
  put_digits(year + era * 400 + (month <= 2), 4);
  put("-", 1);
  put_digits(month, 2);
  put("-", 1);
  put_digits(day_of_year - (153 * shifted + 2) / 5 + 1, 2);
  put("T", 1);
  put_digits(rest / 3600, 2);
  put(":", 1);
  put_digits(rest / 60 % 60, 2);
  put(":", 1);
  put_digits(rest % 60, 2);
  put(".", 1);
  put_digits(microseconds % 1000000, 6);
  put("Z", 1);
}

// Writes a text with the quotes of RFC 4180. Adds a guard if a spreadsheet would run the text as a formula.
static void put_text(const unsigned char *text, size_t count) {
  int is_guarded = 0, is_quoted = 0;
  // The terminating NUL of the set is the ninth byte, because a text that begins with NUL is guarded too.
  if (count) is_guarded = memchr("=+-@;\t\n\r", text[0], 9) != NULL;
  // The full-width forms of = + - @.
  if (count > 2 && text[0] == 0xEF && text[1] == 0xBC) is_guarded = memchr("\x9D\x8B\x8D\xA0", text[2], 4) != NULL;
  for (size_t index = 0; index < count && !is_quoted; index++)
    is_quoted = text[index] == '"' || text[index] == ',' || text[index] == '\n' || text[index] == '\r';
  if (is_quoted) put("\"", 1);
  if (is_guarded) put("'", 1);
  if (!is_quoted) {
    put(text, count);
    return;
  }
  for (size_t index = 0; index < count; index++) {
    if (text[index] == '"') put("\"", 1);
    put(text + index, 1);
  }
  put("\"", 1);
}

// Writes a GUID in its text form. The ledger stores a GUID as 16 bytes.
static void put_guid(const unsigned char *bytes) {
  static const char digits[] = "0123456789abcdef";
  for (int index = 0; index < 16; index++) {
    if (index == 4 || index == 6 || index == 8 || index == 10) put("-", 1);
    char pair[] = {digits[bytes[index] >> 4], digits[bytes[index] & 15]};
    put(pair, 2);
  }
}

static void put_cell(sqlite3_stmt *row, int column) {
  int type = sqlite3_column_type(row, column);
  if (type == SQLITE_NULL) return;
  switch (kinds[column]) {
  case 'n': put_number(sqlite3_column_int64(row, column)); return;
  case 't': put_time(sqlite3_column_int64(row, column)); return;
  }
  if (type == SQLITE_BLOB) {
    put_guid(sqlite3_column_blob(row, column));
    return;
  }
  const unsigned char *text = sqlite3_column_text(row, column);
  size_t count = sqlite3_column_bytes(row, column);
  if (kinds[column] == 'w') put(text, count);
  else put_text(text, count);
}

int main(int count, char **arguments) {
  sqlite3 *ledger;
  sqlite3_stmt *row;
  int status;

  if (count != 2) fail("name one ledger");
  if (sqlite3_open_v2(arguments[1], &ledger, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) fail(sqlite3_errmsg(ledger));
  if (sqlite3_prepare_v2(ledger, query, -1, &row, NULL) != SQLITE_OK) fail(sqlite3_errmsg(ledger));
  put(header, sizeof header - 1);
  while ((status = sqlite3_step(row)) == SQLITE_ROW) {
    for (int column = 0; kinds[column]; column++) {
      if (column) put(",", 1);
      put_cell(row, column);
    }
    put("\r\n", 2);
    if (out.count >= FLUSH_BYTES) flush();
  }
  if (status != SQLITE_DONE) fail(sqlite3_errmsg(ledger));
  flush();
  sqlite3_finalize(row);
  sqlite3_close(ledger);
  return 0;
}
