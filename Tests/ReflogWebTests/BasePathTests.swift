import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the pages of a server with a base path.
struct BasePathTests {
  private static let frame = PageFrame(directory: .embedded, viewer: Sample.frame.viewer, basePath: "/reflog")

  @Test func everyPathOnAPageIsBelowTheBasePath() throws {
    let page = TimelinePage(
      [ChangeInContext(Sample.change(1, Sample.fraudCheck, Sample.newVendor))],
      next: "skiptoken=1",
      query: "flow=x",
      form: FilterForm(["flow": "/flows"], problem: nil),
      isFiltered: true,
      isNewest: true,
      status: Sample.status(pending: 1),
      trail: "?flow=x"
    )

    let (html, other) = (page.render(in: Self.frame), page.render(in: Sample.frame))

    let attribute = /\s(href|action|src|data-count|data-news)="(\/[^"]*)"/
    let paths = html.matches(of: attribute).map { String($0.2) }
    #expect(paths.count > 20)
    #expect(paths.allSatisfy { $0.hasPrefix("/reflog/") }, "\(paths)")
    #expect(paths.map { String($0.dropFirst(7)) } == other.matches(of: attribute).map { String($0.2) })
    #expect(html.contains(#"name="flow" value="/flows""#))
  }

  @Test func aRedirectOpensAPageBelowTheBasePath() {
    let html = RedirectPage(heading: "One moment", target: "/changes/1").render(in: Self.frame)

    #expect(html.contains(#"content="0; url=/reflog/changes/1""#))
    #expect(html.contains(#"<a href="/reflog/changes/1">Continue</a>"#))
  }

  @Test func aTextThatIsLikeALinkIsNotChanged() {
    let reason = #"<a href="/x"> action="/y" src='/z'"#
    let change = Sample.change(1, Sample.fraudCheck, Sample.newVendor, reason: reason)
    let page = ChangeDetailPage(
      ChangeInContext(change),
      chain: [],
      rollback: nil,
      tenantID: "tenant-1",
      isSigned: true,
      canRollBack: false
    )

    #expect(
      page.render(in: Self.frame).contains("&lt;a href=&quot;/x&quot;&gt; action=&quot;/y&quot; src=&#39;/z&#39;")
    )
  }
}
