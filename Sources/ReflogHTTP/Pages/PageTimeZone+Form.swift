import ReflogModel
import ReflogWeb

extension PageTimeZone {
  /// Creates the zone with the name that a person typed in a form. Throws an error if the name is unknown.
  init(named text: String) throws(FormError) {
    guard let zone = PageTimeZone(text) else {
      throw FormError("Reflog does not know the time zone '\(text)'. Use UTC or a name such as Europe/Berlin.")
    }
    self = zone
  }

  /// Creates the time zone in which the times in the fields of a URL are read.
  ///
  /// A form sends the zone in which its page shows times. If a URL contains no zone, its times are in UTC. So a link
  /// selects the same changes for every person, whatever zone the person has chosen.
  init(ofTimesIn fields: [String: String]) throws(FormError) {
    self = if let name = fields["zone"] { try PageTimeZone(named: name) } else { .utc }
  }
}
