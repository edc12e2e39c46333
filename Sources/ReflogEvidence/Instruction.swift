import ReflogModel

/// The page of an evidence pack that explains how to check the pack.
struct Instruction {
  let facts: EvidenceFacts

  /// A sentence about a period that has not ended, or an empty text.
  private var unfinished: String {
    facts.taken < facts.period.end
      ? "\nThe period had not ended then: the pack contains the changes up to that time." : ""
  }

  /// The name and the key ID of each key of the log, one on each line.
  ///
  /// The page does not contain a whole key, because a key that comes with the files proves nothing about them.
  private var keyStarts: String {
    facts.keys.map { "     \($0.split(separator: "+", maxSplits: 2).prefix(2).joined(separator: "+"))+\n" }.joined()
  }

  /// The first step of the check, in front of the beginnings of the keys.
  ///
  /// During a key rotation, the log has two keys.
  private var keySource: String {
    facts.keys.count > 1
      ? "Get the log's keys from the owner of the log, not from this pack. Each key is one line. The keys begin with:"
      : "Get the log's key from the owner of the log, not from this pack. It is one line that begins with:"
  }

  /// The options of the two commands that pass all keys of the log.
  private var keyOptions: String {
    guard facts.keys.count > 1 else { return "--key 'KEY'" }
    return (1...facts.keys.count).map { "--key 'KEY\($0)'" }.joined(separator: " ")
  }

  /// The text of the page.
  var text: String {
    """
    Changes in \(facts.period.name)
    \(facts.period.firstDay) to \(facts.period.lastDay), both included, in UTC. Flows: \(facts.flows).
    Written at \(facts.taken) by Reflog from the log \(facts.origin).\(unfinished)

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
    1. \(keySource)
    \(keyStarts)\
    2. This folder must contain only the files of the pack: put nothing else into it, not the key and not the ZIP file.
       Run one of these two commands in it. The first needs Python 3.8 or later and nothing else, no network.
         python3 verify.py \(keyOptions)
         reflog verify --manifest evidence.manifest \(keyOptions)
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
  }
}
