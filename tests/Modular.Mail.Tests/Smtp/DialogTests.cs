using System.Text;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>
/// Runs <c>Dialogs/*.smtp</c>. <c>C:</c> sends a line and its CRLF, several in a row go in one packet; <c>C&gt;</c> sends exactly what
/// stands there, with \r, \n, \0 and \\; <c>S:</c> expects a reply line, where a star at the end matches any rest; <c>S: closed</c>
/// expects the end; <c>M:</c> expects a line of the last message stored; <c>N:</c> the number of messages stored. A head line
/// <c>mode: refuse</c> makes the server refuse bare line ends; <c>auth: yes</c> makes it want a sign-in, in clear too.
/// </summary>
public sealed class DialogTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Dialogs");

    public static TheoryData<string> Dialogs => [.. Directory.EnumerateFiles(Folder, "*.smtp").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    [Theory]
    [MemberData(nameof(Dialogs))]
    public Task A_dialog_goes_as_written(string name) => RunAsync(name, byteByByte: false);

    [Theory]
    [MemberData(nameof(Dialogs))]
    public Task A_dialog_goes_the_same_byte_by_byte(string name) => RunAsync(name, byteByByte: true);

    private static async Task RunAsync(string name, bool byteByByte)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Folder, name + ".smtp"));
        var mode = lines.Contains("mode: refuse") ? BareLineEnds.Refuse : BareLineEnds.Normalise;
        var auth = lines.Contains("auth: yes") ? RecordingHandler.Authentication with { MayBeInClear = static _ => true } : null;
        await using var session = new SessionUnderTest(o => o with { BareLineEnds = mode, Authentication = auth });
        var pending = new StringBuilder();
        var replies = new Queue<string>();
        var message = new Queue<string>();

        for (var i = 0; i < lines.Length; i++)
        {
            var (kind, text) = lines[i].Length > 1 && lines[i][1] is ':' or '>' ? (lines[i][..2], lines[i][2..].TrimStart(' ')) : ("", "");
            if (kind is not ("C:" or "C>") && pending.Length > 0)
            {
                await session.SendAsync(pending.ToString(), byteByByte);
                pending.Clear();
            }

            switch (kind)
            {
                case "C:":
                    pending.Append(text).Append("\r\n");
                    break;
                case "C>":
                    pending.Append(text.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
                        .Replace("\\0", "\0", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
                    break;
                case "S:":
                    if (replies.Count is 0)
                        replies = new Queue<string>((await session.ReadReplyAsync() ?? "closed").Split('\n'));
                    var actual = replies.Dequeue();
                    var expected = text.EndsWith('*') && actual.StartsWith(text[..^1], StringComparison.Ordinal) ? actual : text;
                    Assert.True(expected == actual, $"{name}.smtp line {i + 1}: expected '{text}', got '{actual}'");
                    break;
                case "M:":
                    if (message.Count is 0)
                        message = new Queue<string>(session.Handler.Messages.Last().Content.Split("\r\n"));
                    Assert.Equal(text, message.Dequeue());
                    break;
                case "N:":
                    Assert.Equal(text, session.Handler.Messages.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        Assert.Empty(replies);
    }
}
