/// The style sheets of a page and of a chart in a file of its own.
enum StyleSheet {
  /// Returns the class of a palette place; nil is the neutral grey.
  static func colourClass(_ place: Int?) -> String {
    guard let place else { return "kn" }
    return "k\(place % Palette.lines.count)"
  }

  /// The style of a chart that is a file.
  static var chartFile: String {
    "\n" + Palette.definitions + ".chart .paper{fill:var(--paper)}\n" + chart
  }

  /// The style of a page.
  static var page: String { "\n" + Palette.definitions + frame + chart + tables + adaptations }

  private static var colours: String {
    let lines = Palette.lines.map { ".\($0.name){color:var(--\($0.name))}" }
    return lines.joined() + ".kn{color:var(--neutral)}\n"
  }

  private static var chart: String {
    colours + """
      .chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
      font-variant-numeric:tabular-nums}
      .chart text{fill:var(--ink)}
      .chart .tick,.chart .axis,.chart .mark{fill:var(--soft)}
      .chart .empty{fill:var(--soft);font-size:14px;font-style:italic}
      .chart .heading{font-size:15px;font-weight:600}
      .chart path{fill:none;stroke:none}
      .chart .grid{stroke:var(--grid)}
      .chart .zero{stroke:var(--rule)}
      .chart .fork{stroke:var(--soft);stroke-dasharray:1 3;stroke-linecap:round;stroke-width:1.5}
      .chart .leader{stroke:var(--rule);stroke-width:.75}
      .chart .cursor{stroke:var(--soft);stroke-width:.75}
      .chart .line{stroke:currentColor;stroke-width:1.5;stroke-linejoin:round;\
      stroke-linecap:round}
      .chart .dot{stroke:currentColor;stroke-width:5;stroke-linecap:round}
      .chart .edge{stroke:currentColor;stroke-width:.7;stroke-linejoin:round;stroke-opacity:.7;\
      stroke-linecap:round}
      .chart .area,.chart .swatch{fill:currentColor;fill-opacity:.16}
      .chart .swatch{stroke:currentColor;stroke-width:.6;stroke-opacity:.6}
      .chart .d1{stroke-dasharray:7 4}
      .chart .d2{stroke-dasharray:1.5 3.5}
      .chart .d3{stroke-dasharray:9 4 1 4}
      .chart .line.parent{stroke-width:1.1;stroke-dasharray:3 3;stroke-linecap:butt;\
      stroke-opacity:.75}
      .chart .parent.area,.chart .parent.swatch{fill-opacity:.1}
      .chart .parent.edge,.chart .parent.swatch{stroke-opacity:.35}

      """
  }

  private static let frame = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);\
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    main{max-width:1048px;margin:0 auto;padding:56px 36px 72px}
    h1,h2,h3{font-family:Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,serif;\
    font-weight:600;line-height:1.2;text-wrap:balance;overflow-wrap:anywhere}
    h1{font-size:34px;margin:0 0 6px;letter-spacing:-.01em}
    h2{font-size:21px;margin:0}
    h3{font-size:17px;margin:0}
    p{margin:0 0 8px;max-width:68ch;overflow-wrap:anywhere}
    .facts,.note,figcaption p{color:var(--soft)}
    .facts{margin-bottom:0}
    .note{font-size:14px;margin-top:12px}
    section,figure{margin:48px 0 0}
    figcaption{margin-bottom:10px}
    figcaption p{font-size:14px;margin:2px 0 0;max-width:90ch}
    .divergence{margin-top:32px;padding:2px 0 2px 20px;border-left:3px solid var(--rule)}
    .divergence h2{margin-bottom:8px}
    .pairs+.caution{margin-top:28px}
    .divergence ul{margin:0 0 8px;padding-left:20px;max-width:68ch;overflow-wrap:anywhere}
    .caution{font-weight:600}
    .chart{display:block;width:100%;height:auto;overflow:visible}
    .narrow{display:none}
    .readout{position:absolute;pointer-events:none;padding:6px 10px;border-radius:4px;\
    max-width:320px;background:var(--paper);border:1px solid var(--rule);\
    font-size:12.5px;line-height:1.45;font-variant-numeric:tabular-nums;\
    box-shadow:0 2px 8px rgb(0 0 0/.12)}
    .readout div{display:flex;gap:6px;justify-content:space-between}
    .readout span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    .readout i{flex:none;align-self:center;width:12px;border-top:2px solid currentColor;\
    margin-right:-2px}
    .readout b{font-weight:400;margin-left:auto;padding-left:10px;white-space:nowrap}

    """

  private static let tables = """
    table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.35;\
    font-variant-numeric:tabular-nums lining-nums}
    caption{text-align:left;padding:0 0 6px;overflow-wrap:anywhere}
    caption strong{font-weight:600}
    caption span,th span{color:var(--soft);font-weight:400;font-size:13px}
    th,td{padding:6px 0 6px 20px;text-align:right;vertical-align:baseline}
    th:first-child{text-align:left;padding-left:0;font-weight:400;overflow-wrap:anywhere;\
    min-width:8em}
    thead th{color:var(--soft);font-weight:400;font-size:13px;vertical-align:bottom}
    .pairs td{white-space:nowrap}
    .scroll{overflow-x:auto}
    thead{border-bottom:1px solid var(--rule)}
    tbody tr+tr{border-top:1px solid var(--grid)}
    tbody:last-child{border-bottom:1px solid var(--rule)}
    .agents{margin-top:14px}
    .pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));\
    gap:34px 48px;margin-top:16px}
    .pairs table{align-self:start}
    .pairs td,.pairs th+th{padding-left:12px}

    """

  private static let adaptations = """
    @media (max-width:640px){
    main{padding:28px 16px 48px}
    h1{font-size:27px}
    section,figure{margin-top:38px}
    .wide{display:none}
    .narrow{display:block}
    .pairs{grid-template-columns:minmax(0,1fr)}
    .agents,.agents tbody,.agents tr,.agents th,.agents td{display:block}
    .agents thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
    .agents tbody tr{display:grid;grid-template-columns:1fr 1fr;column-gap:20px;padding:10px 0}
    .agents tbody th{grid-column:1/-1;padding:0 0 2px;font-weight:600}
    .agents td{display:flex;flex-wrap:wrap;justify-content:flex-end;column-gap:8px;\
    padding:2px 0}
    .agents td::before{content:attr(data-label);margin-right:auto;color:var(--soft);font-size:13px}
    .narrow .line{stroke-width:1.25}
    }
    @media print{
    body{font-size:10.5pt;background:none}
    main{max-width:none;padding:0}
    section,figure{margin-top:22pt}
    figure,.pairs table,tr,.divergence{break-inside:avoid}
    h2,figcaption{break-after:avoid}
    .pairs{grid-template-columns:1fr 1fr;gap:18pt 24pt}
    table{font-size:9pt}
    .readout,.cursor{display:none}
    .chart{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    }

    """
}
