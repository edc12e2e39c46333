import Hummingbird
import ReflogWeb

/// The query of the list from which a person opened a page.
///
/// The links of the page keep the query, so the person can return to the same list.
struct PageTrail {
  /// The query with `?` in front, or empty.
  let query: String

  /// The fields of the timeline.
  static let timeline = FilterForm.names + ["zone", "skiptoken"]
  /// The fields of the list of flows.
  static let flows = ["flow", "behind"] + times
  /// The fields of the list of flows that contain its time.
  static let times = ["asOf", "zone"]
  /// The fields of the list of connectors.
  static let connectors = ["q", "called", "behind", "name"]

  /// The maximum length of the query in bytes. A list contains the query once for each of its rows, and a page has a
  /// maximum size.
  private static let length = 500

  /// Creates the trail from the fields of a URL. Fields with other names are left out.
  ///
  /// If the query would be too long, the trail is empty.
  init(_ fields: [String: String], _ names: [String]) {
    let encoded = Request.encoded(fields.filter { names.contains($0.key) })
    query = encoded.isEmpty || encoded.utf8.count > Self.length ? "" : "?" + encoded
  }
}
