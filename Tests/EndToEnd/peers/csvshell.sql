-- Prints the same cells as `reflog export --raw`, with the same column names and times. Reads the view `change_details`.
.mode csv
.header on
SELECT
  id,
  sequence,
  strftime('%Y-%m-%dT%H:%M:%S', activity_time / 1000000, 'unixepoch') || printf('.%06dZ', activity_time % 1000000) AS activityDateTime,
  tenant_id AS tenantId,
  subject,
  flow_type AS flowType,
  flow_id AS flowId,
  step,
  kind,
  result,
  strftime('%Y-%m-%dT%H:%M:%S', result_time / 1000000, 'unixepoch') || printf('.%06dZ', result_time % 1000000) AS resultDateTime,
  before_state AS beforeState,
  before_connector_id AS beforeConnectorId,
  before_display_name AS beforeConnectorName,
  iif(created_connector_id IS NULL, after_state, 'connector') AS afterState,
  coalesce(created_connector_id, after_connector_id) AS afterConnectorId,
  iif(created_connector_id IS NULL, after_display_name, created_display_name) AS afterConnectorName,
  changed_properties AS changedProperties,
  actor_type AS actorType,
  actor_proof AS actorProof,
  actor_id AS actorId,
  actor_name AS actorName,
  user_principal_name AS actorUserPrincipalName,
  client_app_id AS clientAppId,
  ip_address AS ipAddress,
  reason,
  correlation_id AS correlationId,
  request_id AS requestId,
  graph_request_id AS graphRequestId,
  rollback_of AS rollbackOf,
  strftime('%Y-%m-%dT%H:%M:%S', rollback_to / 1000000, 'unixepoch') || printf('.%06dZ', rollback_to % 1000000) AS rollbackTo,
  batch_id AS batchId,
  http_status AS httpStatus,
  error_code AS errorCode,
  error_message AS errorMessage,
  settled_by AS settledBy,
  strftime('%Y-%m-%dT%H:%M:%S', last_verified_time / 1000000, 'unixepoch') || printf('.%06dZ', last_verified_time % 1000000)
    AS lastVerifiedDateTime,
  erased_event AS erasedEventId,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', time / 1000000, 'unixepoch') || printf('.%06dZ', time % 1000000) FROM service_event
    WHERE service_event.id = erased_event) AS erasedDateTime,
  statement_erased_event AS statementErasedEventId,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', time / 1000000, 'unixepoch') || printf('.%06dZ', time % 1000000) FROM service_event
    WHERE service_event.id = statement_erased_event) AS statementErasedDateTime,
  override_event AS overrideEventId,
  override_reason AS overrideReason,
  override_erased_event AS overrideErasedEventId,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', time / 1000000, 'unixepoch') || printf('.%06dZ', time % 1000000) FROM service_event
    WHERE service_event.id = override_erased_event) AS overrideErasedDateTime
FROM change_details
ORDER BY id;
