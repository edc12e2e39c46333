import ReflogService
import ReflogTesting
import Testing

/// Tests of the lifetime of sessions and of the maximum number of sessions for one token.
struct SessionsTests {
  private let clock = ManualClock()

  @Test func aSessionEndsAfterEightHoursHoweverMuchItIsUsed() {
    let sessions = Sessions(clock: clock.read)
    let session = sessions.begin(with: "token")
    for _ in 0..<7 {
      clock.advance(by: .seconds(3600))
      #expect(sessions.session(session.id) != nil)
    }
    clock.advance(by: .seconds(3599))
    #expect(sessions.session(session.id) != nil)

    clock.advance(by: .seconds(1))

    #expect(sessions.session(session.id) == nil)
  }

  @Test func manySignInsEndOnlySessionsOfTheSameToken() {
    let sessions = Sessions(clock: clock.read)
    let other = sessions.begin(with: "other")
    let first = sessions.begin(with: "token")

    let later = (0..<20).map { _ in sessions.begin(with: "token") }

    #expect(sessions.session(other.id)?.token == "other")
    #expect(sessions.session(first.id) == nil)
    #expect(later.allSatisfy { sessions.session($0.id) != nil })
    #expect(Set(later.map(\.id) + later.map(\.csrf)).count == 40)
  }
}
