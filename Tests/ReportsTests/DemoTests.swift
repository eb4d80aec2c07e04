import Foundation
import Reports
import Testing

/// Writes pages for looking at, where `REPORT_DEMO` names a folder.
@Suite struct DemoTests {
  static let folder = ProcessInfo.processInfo.environment["REPORT_DEMO"]

  @Test(.enabled(if: folder != nil)) func `demonstration pages are written`() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder), isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, page) in DegenerateInputs.pages + DegenerateInputs.ordinaryPages {
      let file = folder.appendingPathComponent("\(name).html")
      try page.html.write(to: file, atomically: true, encoding: .utf8)
      for figure in page.figures {
        let picture = folder.appendingPathComponent("\(name)-\(figure.name)")
        try figure.svg.write(to: picture, atomically: true, encoding: .utf8)
      }
    }
  }
}
