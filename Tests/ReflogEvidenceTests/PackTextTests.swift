import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogEvidence

/// Tests the exact texts that an auditor reads: the instruction and the summary.
struct PackTextTests {
  private static let key = "audit.example/reflog+1f2e3d4c+AQID"

  private static func facts(
    flows: String = "all",
    period: String = "2026-Q3",
    keys: [String] = [key]
  ) throws -> EvidenceFacts {
    EvidenceFacts(
      origin: "audit.example/reflog",
      period: try Period(period),
      flows: flows,
      taken: ManualClock.start,
      keys: keys,
      logSize: 41
    )
  }

  private static func change(
    _ kind: Change.Kind = .update,
    of subject: Change.Subject = .step(Sample.signup),
    by actor: Change.Actor = Change.Actor(type: .user, id: "1", name: "Ada <Berg>"),
    _ result: Change.Result = .applied,
    reason: String? = "CHG0042",
    erased: Erased? = nil,
    override: FreezeOverride? = nil
  ) -> Change {
    Change(
      id: Change.ID(5),
      sequence: 9,
      tenantID: "tenant",
      activityDateTime: ManualClock.start,
      intent: Change.Intent(
        subject: subject,
        kind: kind,
        before: .none,
        after: Sample.newVendor,
        actor: actor,
        reason: reason,
        correlationID: nil,
        requestID: "request"
      ),
      outcome: result == .pending ? nil : Change.Outcome(result: result, settledBy: .request),
      resultDateTime: nil,
      erased: erased,
      override: override
    )
  }

  @Test func theInstructionTellsHowToCheckThePack() throws {
    #expect(
      Instruction(facts: try Self.facts()).text == """
        Changes in 2026-Q3
        2026-07-01 to 2026-09-30, both included, in UTC. Flows: all.
        Written at \(ManualClock.start) by Reflog from the log audit.example/reflog.

        FILES
        README.txt           this page
        summary.html         the numbers of changes for each flow, for printing
        changes.csv          the changes, one row for each; changes.jsonl has the same changes as JSON
        service-events.csv   events of Reflog itself, such as starts; service-events.jsonl has the same events as JSON
        roles.csv            the API tokens that were valid in the period, and their roles
                             if a token was created or revoked while the server was stopped, this can be missing here
                             and be in the next pack
        retention.json       how long history is kept, the legal holds, and the newest purge
        checkpoint           the log's newest signed checkpoint when the pack was written
        rows/                a short hash of each row, with which an altered row is found
        evidence.manifest    the SHA-256 of every file, signed with the log's key
        verify.py            a program that checks the pack

        CHECK THE PACK
        1. Get the log's key from the owner of the log, not from this pack. It is one line that begins with:
             audit.example/reflog+1f2e3d4c+
        2. This folder must contain only the files of the pack: put nothing else into it, not the key and not the ZIP file.
           Run one of these two commands in it. The first needs Python 3.8 or later and nothing else, no network.
             python3 verify.py --key 'KEY'
             reflog verify --manifest evidence.manifest --key 'KEY'
           If you do not trust this copy of verify.py, get it from the source code of Reflog, or use the second command.
        3. The command ends with one of these results, and names the files and the rows that differ:
             exit code 0    every file is the file that was written
             exit code 3    a program such as a spreadsheet saved a file in another form. The rows agree
             exit code 65   a file was altered, removed or added, or a signature is wrong
           Files that systems and spreadsheets add, such as .DS_Store and .~lock.changes.csv#, are ignored.

        Without a key, the key in the manifest is trusted. The check then finds damage, but no forgery by a person who also
        replaced the key.

        WHAT THIS PROVES
        The owner of the log's key signed these files. The column sequence has gaps: the missing numbers belong to other
        changes, to service events, and to the first entries of these changes.

        The check does not find changes that are missing from the log. To find these, compare the log with a checkpoint
        that you kept earlier: reflog verify --since FILE, on the owner's machine. For later checks, keep the file checkpoint.

        Open the CSV files read-only. If a spreadsheet saves a file, the check reports it.

        """
    )
  }

  @Test func theInstructionNamesBothKeysOfARotation() throws {
    let text = Instruction(facts: try Self.facts(keys: [Self.key, "audit.example/reflog+5a6b7c8d+AQQF"])).text

    #expect(
      text.contains(
        """
        1. Get the log's keys from the owner of the log, not from this pack. Each key is one line. The keys begin with:
             audit.example/reflog+1f2e3d4c+
             audit.example/reflog+5a6b7c8d+
        2. This folder must contain only the files of the pack: put nothing else into it, not the key and not the ZIP file.
           Run one of these two commands in it. The first needs Python 3.8 or later and nothing else, no network.
             python3 verify.py --key 'KEY1' --key 'KEY2'
             reflog verify --manifest evidence.manifest --key 'KEY1' --key 'KEY2'

        """
      )
    )
    #expect(!text.contains("begins with"))
  }

  @Test func theInstructionTellsThatAPeriodHasNotEnded() throws {
    #expect(
      Instruction(facts: try Self.facts(period: "2026-Q4")).text.contains(
        """
        from the log audit.example/reflog.
        The period had not ended then: the pack contains the changes up to that time.

        FILES
        """
      )
    )
  }

  @Test func theSummaryCountsChangesByFlow() throws {
    var summary = PeriodSummary()
    let token = Change.Actor(type: .token, id: "2", name: "deploy")
    for change in [
      Self.change(override: FreezeOverride(eventID: 2, reason: "Sign-up is down", freezes: [1])),
      Self.change(.rollback, by: token), Self.change(by: token, reason: " \n"),
      Self.change(by: token, .denied, reason: nil), Self.change(.drift, by: .unknown, reason: nil),
      Self.change(.baseline, by: .unknown, reason: nil), Self.change(.update, .rejected),
      Self.change(.update, .pending), Self.change(of: .connector),
      Self.change(reason: nil, erased: Erased(eventID: 3, dateTime: ManualClock.start)),
    ] { summary.add(change) }
    let hold = LegalHold(name: "Case 7", scope: .everything, reason: "A & B", placed: ManualClock.start)
    let page = SummaryPage(
      manifest: try Self.facts(flows: "B2C_1_signup"),
      summary: summary,
      retentionState: RetentionState(
        policy: RetentionPolicy(days: 800),
        purge: Purge(id: 1, before: ManualClock.start, asked: ManualClock.start, finished: ManualClock.start),
        holds: [hold]
      ),
      roles: [
        RoleTable.Row(
          tokenID: "2",
          name: "deploy",
          role: "operator",
          created: ManualClock.start,
          creator: "token deploy",
          expires: ManualClock.start,
          revoked: nil,
          revoker: nil
        )
      ]
    )
    let text = page.html.replacing(/<style>(.|\n)*<\/style>/, with: "").replacing(/<[^>]*>/, with: "|")
      .replacing(/\|+/, with: "|")
    #expect(
      text == """
        |
        |Changes in 2026-Q3: audit.example/reflog|
        |
        |
        |Changes in 2026-Q3|
        |Log|audit.example/reflog|
        |Period|2026-07-01 to 2026-09-30, both included, in UTC|
        |Flows|B2C_1_signup|
        |Written|2026-11-23T09:15:02Z|
        |Log entries|41, signed|
        |Keys of the log|audit.example/reflog+1f2e3d4c+AQID|
        |
        |Changes by flow|
        |Flow|Updates|Rollbacks|Drift|First seen|Not applied|Denied|Overrides|Pending|No reason|Updates and rollbacks by|\
        b2cUserFlows/B2C_1_signup|6|1|1|1|1|1|1|1|1|Ada &lt;Berg&gt; (4), token deploy (3)|
        |API connectors|1|0|0|0|0|0|0|0|0|Ada &lt;Berg&gt; (1)|
        |All|7|1|1|1|1|1|1|1|1|Ada &lt;Berg&gt; (5), token deploy (3)|
        |
        |Each change is counted once in the first four columns of numbers. The other columns count some of these \
        changes again. Overrides are changes in spite of a freeze. No reason counts only updates and rollbacks without \
        a reason. Drift is a change that was made without Reflog. Changes whose reason was erased with other personal \
        data: 1.|
        |Retention and legal holds|
        |History is kept for at least 800 days. The newest purge deleted history before 2026-11-23. It kept the history \
        under legal holds, and the last change of each step.|Hold|Scope|Reason|Placed (UTC)|Case 7|all flows|A &amp; B|2026-11-23T09:15:02Z|
        |
        |API tokens and their roles|
        |Name|Role|Created (UTC)|By|Expires|Revoked|By|deploy|operator|2026-11-23 09:15|token deploy|2026-11-23 09:15|
        |
        |The roles of people who sign in through Microsoft Entra are assigned there, and are not in this log. A token \
        without a creator was created on the server's command line.|
        |How to check this pack|
        |The file README.txt tells how to check that no file of this pack was altered. Numbers on paper prove nothing: \
        check the files.|
        |

        """
    )
  }

  @Test func anEmptyPeriodIsDescribed() throws {
    let page = SummaryPage(
      manifest: try Self.facts(),
      summary: PeriodSummary(),
      retentionState: RetentionState(policy: RetentionPolicy(days: nil), purge: nil, holds: []),
      roles: []
    )

    for text in [
      "<td>all</td>", "History is kept for ever. There is no legal hold.",
      "<p>No API token is recorded for this period.</p>",
    ] { #expect(page.html.contains(text), "\(text)") }
  }

  @Test func erasedNamesAreShownAsErased() throws {
    let erased = Erased(eventID: 3, dateTime: ManualClock.start)
    let ada = Change.Actor(type: .user, id: "1")
    var summary = FlowSummary()
    summary.add(Self.change(by: ada, reason: nil, erased: erased))
    #expect(summary.shares(8).first.map(\.name) == ["[erased] (1)"])
    summary.add(Self.change())
    #expect(summary.shares(8).first.map(\.name) == ["Ada <Berg>"])

    var table = RoleTable(try Period("2026-Q4"))
    let details: JSONObject = ["tokenId": "a", "name": "a", "role": "reader"]
    for (id, kind) in [(1, ServiceEvent.Kind.tokenCreated), (2, .tokenRevoked)] {
      let content = ServiceEvent.Content(kind, actor: ada, details: details)
      table.add(
        ServiceEvent(
          id: Int64(id),
          sequence: Int64(id),
          activityDateTime: ManualClock.start,
          content: content,
          erased: erased
        )
      )
    }
    #expect(table.rows.map(\.creator) == ["[erased] (1)"])
    #expect(table.rows.map(\.revoker) == ["[erased] (1)"])
  }

  @Test func anUnfinishedPurgeIsNotDescribedAsDone() throws {
    let purge = Purge(id: 1, before: ManualClock.start, asked: ManualClock.start, finished: nil)
    let page = SummaryPage(
      manifest: try Self.facts(),
      summary: PeriodSummary(),
      retentionState: RetentionState(policy: RetentionPolicy(days: 800), purge: purge, holds: []),
      roles: []
    )

    #expect(page.html.contains(" 800 days. A purge of history before 2026-11-23 is not finished. There is no "))
  }

  @Test func theTimesOfTokensAreTheTimesInTheDetails() throws {
    let period = try Period("2026-Q3")
    let earlier = period.start.before(.seconds(1))
    func event(
      _ kind: ServiceEvent.Kind,
      _ id: Int64,
      _ token: String,
      _ details: JSONObject,
      at time: Timestamp? = nil
    ) -> ServiceEvent {
      var all: JSONObject = ["tokenId": .string(token), "name": .string(token), "role": "reader"]
      for member in details.members { all[member.name] = member.value }
      let content = ServiceEvent.Content(kind, details: all)
      return ServiceEvent(id: id, sequence: id, activityDateTime: time ?? period.start, content: content)
    }
    var table = RoleTable(period)
    table.add(event(.tokenCreated, 1, "a", ["createdDateTime": "2026-06-01T00:00:00.000000Z"]))
    table.add(event(.tokenRevoked, 2, "a", ["revokedDateTime": "2026-07-01T00:00:01.000000Z"]))
    table.add(event(.tokenCreated, 3, "b", [:]))
    table.add(event(.tokenCreated, 4, "c", [:]))
    table.add(event(.tokenRevoked, 5, "c", ["revokedDateTime": "2026-06-30T00:00:00.000000Z"]))
    let expiry: JSONObject = ["expiresDateTime": "2026-06-29T00:00:00.000000Z"]
    table.add(event(.tokenCreated, 6, "d", expiry))
    table.add(event(.tokenCreated, 7, "e", expiry, at: earlier))
    table.add(event(.tokenRevoked, 8, "e", [:]))
    table.add(event(.tokenCreated, 9, "f", [:], at: earlier))
    table.add(event(.tokenRevoked, 10, "f", [:], at: earlier))

    let rows = table.rows

    // The tokens c and d ended before the period, but their ends were recorded only in the period. So no pack of an
    // earlier period can contain these ends.
    #expect(rows.map(\.tokenID) == ["a", "b", "c", "d"])
    #expect(rows[0].created?.description == "2026-06-01T00:00:00.000000Z")
    #expect(rows[1].created == period.start)
    #expect(rows[0].revoked?.description == "2026-07-01T00:00:01.000000Z")
    #expect(rows[2].revoked?.description == "2026-06-30T00:00:00.000000Z")
  }

  @Test func peopleAboveTheLimitAreCountedTogether() {
    var flow = FlowSummary()
    for number in 0..<1500 {
      flow.add(Self.change(by: Change.Actor(type: .user, id: "\(number)", name: "Person")))
    }
    let (first, others) = flow.shares(8)

    #expect(first.map(\.changes) == Array(repeating: 1, count: 8))
    #expect(others == 1492)
  }

  @Test func aPackOfAFlowHasNoChangesOfOtherFlowsWhoseIDsContainTheText() throws {
    let query = try EvidenceRequest(try Period("2026-Q3"), flow: "B2C_1_signup").query()
    #expect(query.filter.map { "\($0)" }?.contains("contains") == false)
    #expect(query.includesImpact)
    #expect(try !EvidenceRequest(try Period("2026-Q3"), flow: nil).query().includesImpact)
  }

  @Test func theSelectedFlowsAreNamedForPeople() throws {
    let period = try Period("2026-Q3")
    #expect(EvidenceRequest(period, flow: nil).flows == "all")
    #expect(EvidenceRequest(period, flow: "a\u{202E}b").flows == "a\u{FFFD}b, and the connectors that it called")
  }

  @Test func aPackIsNamedForItsPeriodAndItsFlow() throws {
    #expect(EvidenceRequest(try Period("2026-Q3"), flow: nil).nameParts == ["evidence", "2026-Q3"])
    #expect(
      EvidenceRequest(try Period("2026-07-01..2026-07-31"), flow: "b2cUserFlows/B2C_1_signup").nameParts
        == ["evidence", "2026-07-01-to-2026-07-31", "B2C_1_signup"]
    )
  }
}
