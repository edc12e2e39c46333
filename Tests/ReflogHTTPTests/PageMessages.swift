/// The messages and titles that the routes of the pages show.
///
/// In the table, `{}` marks the place of each value that the program inserts into a text.
enum PageMessages {
  /// The texts of each file.
  static let all: [String: [String]] = [
    "ActorController.swift": ["'{}' is not the position of a page."],
    "ChangePagesController.swift": [
      "The form does not contain the connector that the plan showed. Load the page again.",
      "The form does not contain the newest change that the plan showed. Load the page again.",
    ],
    "ConnectorPageController.swift": ["A change's id must be a positive whole number."],
    "ConnectorsController.swift": [
      "The only value of the option called is none. Leave the option out to list all connectors."
    ],
    "DifferencesController.swift": [
      "The second time is earlier than the first time. Enter the earlier time first."
    ],
    "EntraSignIn.Failure+Page.swift": [
      "This sign-in took too long, or began in another browser. Try again.",
      "Entra did not sign you in: {}.",
      "Entra refused this server's client id or secret ({}). Tell its administrator, or sign in with an API token.",
      "Entra can't be reached now. Try again, or sign in with an API token.",
      "Entra did not sign you in: the sign-in was cancelled or is not allowed.",
      "Entra did not sign you in: sign in at Entra first, then try again.",
      "Entra did not sign you in: an administrator must first consent to Reflog in Entra.",
      "Entra can't sign you in at the moment. Try again.",
      "Entra did not sign you in ({}).",
      "Entra did not sign you in and gave no reason.",
    ],
    "EntraSignInController.swift": [
      "your account has no role in Reflog that can read history; ask an administrator for one",
      "Signed in",
      "Entra can't be reached",
      "Entra refused Reflog's client id or secret",
    ],
    "ErrorPage.swift": [
      "Not allowed",
      "Not found",
      "Purged",
      "Not possible now",
      "Request refused",
      "Something went wrong",
    ],
    "ExportController.swift": ["format must be csv, excel, jsonl, ocsf or asim, not {}."],
    "FlowsController.swift": [
      "'{}' is not a flow. Give one such as b2cUserFlows/B2C_1_signup.",
      "The form does not contain a valid rollback id. Load the page again.",
    ],
    "FreezeForm.swift": [
      "'{}' is not a step, a flow or all. Give one such as B2C_1_signup/postFederationSignup, B2C_1_signup or all.",
      "The reason must have 1 to {} bytes of UTF-8, and not only spaces. It must not contain the replacement character "
        + "(U+FFFD), which stands for characters that could not be read.",
    ],
    "IntegrityController.swift": ["'{}' is not the id of a service event."],
    "PageMiddleware.swift": ["One moment"],
    "PageTime.swift": [
      "The time is missing. Enter one such as 2026-03-01 09:00.",
      "'{}' is in the future. Enter a time in the past.",
      "Add an offset from UTC, such as Z or +01:00.",
      "'{}' does not exist, because clocks in {} skip it. {}",
      "'{}' exists twice, because clocks in {} are set back. {}",
    ],
    "PageTimeZone+Form.swift": [
      "Reflog does not know the time zone '{}'. Use UTC or a name such as Europe/Berlin."
    ],
    "PlainQuestion+Form.swift": [
      "kind of change",
      "There is no filter named {}.",
      "From is later than Until. Enter the earlier time as From.",
      "'{}' is not a {}. Use one of: {}.",
    ],
    "Request+Form.swift": [
      "The body is not a form. Send application/x-www-form-urlencoded.",
      "The query option {} is not supported here.",
      "A field of the form is not percent-encoded UTF-8.",
      "The field {} is given twice.",
      "{} contains U+0000, which can't be recorded. Remove it.",
    ],
    "Request+Origin.swift": [
      "A page of another site sent this request. Nothing was done.",
      "The form belongs to another session. Nothing was done. Load the page again.",
    ],
    "ServiceError+Page.swift": [
      "Every change needs a reason that matches {}. Enter one.",
      "Change {} was not rolled back, because later changes at the same step block the rollback.",
      "The values before change {} were not restored, because later changes wrote the same properties.",
      "The count takes too long over this much history. Narrow the filter: a time, a flow, an actor or a connector.",
      """
      The filter selects {} steps. With changes of connectors, at most {} steps can be searched. Name fewer flows.
      """,
      "{}. Nothing was changed. Wait until the freeze is over, release it, or override it.",
      "This rollback to a time does not exist.",
      "This plan belongs to another rollback. Make a new plan.",
    ],
    "RollbackForm.swift": [
      "The form does not offer this duration for a freeze. Load the page again.",
      " of change {}",
      "After the rollback{}",
      "After the values before change {} were restored",
    ],
    "SignInController.swift": [
      "You were signed out before the form was sent, so nothing was done. Sign in and send the form again.",
      "This server accepts no API tokens, so the token was not checked.",
      "This token is not valid, has expired, or has no right to read history. Check that you pasted all of it.",
    ],
    "TimelineController.swift": ["behind must be a change's id or 0."],
  ]
}
