import ReflogModel
import ReflogWeb

extension PageTimeZone {
  /// Returns the zone that a person named in a form, or throws if the name is unknown.
  init(named text: String) throws(FormError) {
    guard let zone = PageTimeZone(text) else {
      throw FormError("Reflog does not know the time zone '\(text)'. Use UTC or a name such as Europe/Berlin.")
    }
    self = zone
  }

  /// Returns the zone of the times in a URL's fields.
  ///
  /// A form sends the zone in which its page shows times. In a URL without a zone, times are in UTC. So a link selects
  /// the same changes for every person.
  init(ofTimesIn fields: [String: String]) throws(FormError) {
    self = if let name = fields["zone"] { try PageTimeZone(named: name) } else { .utc }
  }
}
