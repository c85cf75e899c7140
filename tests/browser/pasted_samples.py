"""What word processors put on the clipboard, as they write it, with what it becomes."""

# ruff: noqa: E501 -- their lines are long

GOOGLE_DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1f2a9c3e-7fff-4d6c-21aa">'
    '<h2 dir="ltr" style="line-height:1.38;margin-top:18pt;"><span style="font-size:16pt;font-weight:400;'
    'font-style:normal;">What went well</span></h2>'
    '<p dir="ltr" style="line-height:1.38;"><span style="font-size:11pt;font-weight:400;font-style:normal;'
    'text-decoration:none;">We shipped </span><span style="font-weight:700;font-style:normal;">the certified'
    '</span><span style="font-weight:400;font-style:italic;"> low kit</span><span style="font-weight:400;">, see '
    '</span><a href="https://www.google.com/url?q=https://example.org/kit(1)&amp;sa=D&amp;source=editors&amp;'
    'ust=1700000000" style="text-decoration:none;"><span style="text-decoration:underline;">the file</span></a>'
    '<span style="font-weight:400;">.</span></p>'
    '<ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" '
    'role="presentation"><span style="font-weight:400;">Beds</span></p></li><ul><li dir="ltr" aria-level="2">'
    '<p dir="ltr" role="presentation"><span style="font-weight:400;">52 kits</span></p></li></ul>'
    '<li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:700;">Plates</span>'
    "</p></li></ul><br /><ol><li><p><span>One</span></p></li><li><p><span>Two</span></p></li></ol>"
    '<div dir="ltr"><table style="border:none;"><colgroup><col width="100" /><col width="100" /></colgroup><tbody>'
    '<tr><td><p dir="ltr"><span style="font-weight:700;">Ward</span></p></td><td><p dir="ltr"><span>Falls</span>'
    "</p></td></tr><tr><td><p><span>Nine | ten</span></p></td><td><p><span>3</span></p></td></tr></tbody></table>"
    '</div></b><br class="Apple-interchange-newline">',
    "What went well\nWe shipped the certified low kit, see the file.\nBeds\n52 kits\nPlates",
    "## What went well\n\n"
    "We shipped **the certified** *low kit*, see [the file](https://example.org/kit%281%29).\n\n"
    "- Beds\n    - 52 kits\n- **Plates**\n\n"
    "1. One\n2. Two\n\n"
    "| Ward | Falls |\n| --- | --- |\n| Nine \\| ten | 3 |",
)

WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">'
    "<head><meta name=Generator content='Microsoft Word 15'><style><!-- @list l0:level1 {mso-level-text:x;} "
    "p.MsoNormal {margin:0cm; font-size:11.0pt;} --></style><!--[if gte mso 9]><xml><w:WordDocument>"
    "<w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head><body lang=EN-GB><!--StartFragment-->"
    "<h1>The quarter<o:p></o:p></h1>"
    "<p class=MsoNormal>Costs <b>fell</b> and <i style='mso-bidi-font-style:normal'>morale</i>\r\nrose.<o:p></o:p></p>"
    "<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
    "<span style='font-family:Symbol;mso-bidi-font-family:Symbol'><span style='mso-list:Ignore'>·"
    "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>First<o:p></o:p></p>"
    "<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]>"
    "<span style='mso-list:Ignore'>1.<span style='font:7.0pt \"Times New Roman\"'>&nbsp; </span></span>"
    "<![endif]>Nested<o:p></o:p></p>"
    "<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
    "<span style='mso-list:Ignore'>·&nbsp;</span><![endif]>Last<o:p></o:p></p>"
    "<table class=MsoTableGrid><tr><td><p class=MsoNormal><b>A</b><o:p></o:p></p></td><td><p class=MsoNormal>B</p></td>"
    "</tr><tr><td><p class=MsoNormal>1</p></td><td><p class=MsoNormal>2</p></td></tr></table>"
    "<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>",
    "The quarter\r\nCosts fell and morale rose.\r\n·\tFirst\r\n1.\tNested\r\n·\tLast",
    "# The quarter\n\nCosts **fell** and *morale* rose.\n\n- First\n    1. Nested\n- Last\n\n"
    "| A | B |\n| --- | --- |\n| 1 | 2 |",
)

WORD_ONLINE = (
    '<div class="OutlineElement Ltr SCXW1"><p class="Paragraph SCXW1" role="heading" aria-level="2"><span '
    'class="TextRun SCXW1"><span class="NormalTextRun">Plans</span></span><span class="EOP">&nbsp;</span></p></div>'
    '<div class="ListContainerWrapper SCXW1"><ul class="BulletListStyle1"><li data-listid="3" aria-level="1">'
    '<p class="Paragraph"><span class="TextRun" style="font-weight:bold"><span class="NormalTextRun">Hire</span></span>'
    '<span class="EOP">&nbsp;</span></p></li></ul></div>'
    '<div class="ListContainerWrapper SCXW1"><ul class="BulletListStyle2"><li data-listid="3" aria-level="2">'
    '<p class="Paragraph"><span class="TextRun">Two welders</span><span class="EOP">&nbsp;</span></p></li></ul></div>'
    '<div class="ListContainerWrapper SCXW1"><ul class="BulletListStyle1"><li data-listid="3" aria-level="1">'
    '<p class="Paragraph"><span class="TextRun">Train</span><span class="EOP">&nbsp;</span></p></li></ul></div>'
    '<div class="ListContainerWrapper SCXW1"><ol class="NumberListStyle1" start="1"><li data-listid="4" aria-level="1">'
    '<p class="Paragraph"><span class="TextRun">First</span></p></li></ol></div>'
    '<div class="ListContainerWrapper SCXW1"><ol class="NumberListStyle1" start="2"><li data-listid="4" aria-level="1">'
    '<p class="Paragraph"><span class="TextRun">Second</span></p></li></ol></div>',
    "Plans\nHire\nTwo welders\nTrain",
    "## Plans\n\n- **Hire**\n    - Two welders\n- Train\n\n1. First\n2. Second",
)

PLAIN_HTML = (
    "<h3>Title</h3><p>A <strong>bold</strong> <em>word</em>, <s>gone</s>, <code>x=1</code>.<br>Next line."
    '<script>alert(1)</script><img src="data:image/png;base64,AAAA"><style>p{}</style></p>'
    "<blockquote><p>Said.</p><p>Twice.</p></blockquote><hr><pre>a\n  b</pre>"
    '<p><a href="javascript:alert(1)">bad</a> <a href="mailto:a@example.org">good</a> 2 * 3 and snake_case</p>'
    "<p># not a heading</p><p>1. not a list</p><ol start=3><li>three<p>more</p></li><li>four</li></ol>",
    "Title",
    "### Title\n\nA **bold** *word*, ~~gone~~, `x=1`.  \nNext line.\n\n> Said.\n>\n> Twice.\n\n---\n\n```\na\n  b\n```\n\n"
    "bad [good](mailto:a@example.org) 2 \\* 3 and snake_case\n\n\\# not a heading\n\n1\\. not a list\n\n"
    "3. three\n\n    more\n4. four",
)

MARKDOWN_FROM_A_CODE_EDITOR = (
    '<meta charset="utf-8"><div style="color:#ccc;font-family:Consolas;font-weight:normal;white-space:pre;"><div>'
    '<span style="color:#569cd6;">## Heading</span></div><br><div>- *item*</div></div>',
    "## Heading\r\n\r\n- *item*",
    "## Heading\n\n- *item*",
)

SAMPLES = {
    "google docs": GOOGLE_DOCS,
    "word": WORD,
    "word online": WORD_ONLINE,
    "plain html": PLAIN_HTML,
    "markdown from a code editor": MARKDOWN_FROM_A_CODE_EDITOR,
}
