/// The names of the files that may stand beside a tape; all but the parent's can be deleted.
public enum SideFiles {
  /// What is certainly on disk.
  public static func watermark(_ path: String) -> String { path + ".mark" }
  /// The events of the unfinished frame.
  public static func unfinished(_ path: String) -> String { path + ".tail" }
  /// States to seek from.
  public static func keyframes(_ path: String) -> String { path + ".keyframes" }
  /// Where the parent of a fork was.
  public static func parent(_ path: String) -> String { path + ".parent" }
  /// The tape that is to take its place, until that is sealed.
  public static func replacement(_ path: String) -> String { path + ".new" }
}
