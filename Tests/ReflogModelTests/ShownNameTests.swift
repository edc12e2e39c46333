import ReflogModel
import Testing

struct ShownNameTests {
  @Test(arguments: [
    (Change.Actor(type: .user, id: "oid-1", name: "Adele", userPrincipalName: "adele@contoso.example"), "Adele"),
    (Change.Actor(type: .user, id: "oid-1", userPrincipalName: "adele@contoso.example"), "adele@contoso.example"),
    (Change.Actor(type: .user, id: "oid-1"), "oid-1"),
    (Change.Actor(type: .token, id: "1f", name: "Adele"), "token Adele"),
    (Change.Actor(type: .token, id: "1f"), "token 1f"),
    (Change.Actor(type: .app, id: "sp-1", name: "Adele"), "app Adele"),
    (Change.Actor.unknown, "Unknown"),
  ])
  func theShownNameOfAProgramCannotLookLikeAPerson(actor: Change.Actor, name: String) {
    #expect(actor.shownName == name)
  }
}
