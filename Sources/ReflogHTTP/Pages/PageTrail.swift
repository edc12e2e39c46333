import Hummingbird
import ReflogWeb

/// The query of the list, such as the timeline, from which a person opened a page.
///
/// The links of the page contain this query. So the person can return to the same part of the list.
struct PageTrail {
  /// The query with `?` in front, or an empty text.
  let query: String

  /// The names of the fields in the query of the timeline.
  static let timeline = FilterForm.names + ["zone", "skiptoken"]
  /// The names of the fields in the query of the list of flows.
  static let flows = ["flow", "behind"] + times
  /// The names of those fields that contain the time of the list of flows.
  static let times = ["asOf", "zone"]
  /// The fields of the list of connectors.
  static let connectors = ["q", "called", "behind", "name"]

  /// The maximum length of the query in bytes.
  ///
  /// The length is limited because each row of a page contains the query, and the size of a page is limited.
  private static let length = 500

  /// Creates the trail from the fields of a URL. Fields with other names are left out.
  ///
  /// If the query would be too long, the trail is empty.
  init(_ fields: [String: String], _ names: [String]) {
    let encoded = Request.encoded(fields.filter { names.contains($0.key) })
    query = encoded.isEmpty || encoded.utf8.count > Self.length ? "" : "?" + encoded
  }
}
