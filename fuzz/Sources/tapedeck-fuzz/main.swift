import CFuzzer
import Foundation

// tapedeck-fuzz seeds REPOSITORY DIRECTORY   writes the seeds of all targets
// tapedeck-fuzz TARGET [libFuzzer's arguments]

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "seeds" {
  try Seeds(repository: arguments[2]).write(to: arguments[3])
  exit(0)
}
guard Campaign.target != nil else {
  let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
  FileHandle.standardError.write(Data("unknown target; there are: \(names)\n".utf8))
  exit(64)
}
exit(Campaign.run())
