import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the lifetime of sessions and of the maximum number of sessions for one person.
struct SessionsTests {
  private let clock = ManualClock()

  private func caller(_ id: String) -> Caller {
    Caller(actor: Change.Actor(type: .user, id: id, proof: .entra), credential: .roles([.reader]))
  }

  @Test func aSessionEndsAfterEightHoursEvenIfItIsInUse() {
    let sessions = Sessions(clock: clock.read)
    let session = sessions.begin(with: "token", for: caller("adele"))
    for _ in 0..<7 {
      clock.advance(by: .seconds(3600))
      #expect(sessions.session(session.id) != nil)
    }
    clock.advance(by: .seconds(3599))
    #expect(sessions.session(session.id) != nil)

    clock.advance(by: .seconds(1))

    #expect(sessions.session(session.id) == nil)
  }

  /// Every sign-in has a different token, because a sign-in with Entra always creates a new token.
  @Test func tooManySignInsByAPersonEndOnlySessionsOfThatPerson() {
    let sessions = Sessions(clock: clock.read)
    let other = sessions.begin(with: "other", for: caller("lee"))
    let first = sessions.begin(with: "token", for: caller("adele"))

    let later = (0..<20).map { sessions.begin(with: "token \($0)", for: caller("adele")) }

    #expect(sessions.session(other.id)?.token == "other")
    #expect(sessions.session(first.id) == nil)
    #expect(later.allSatisfy { sessions.session($0.id) != nil })
    #expect(Set(later.map(\.id) + later.map(\.csrf)).count == 40)
  }
}
