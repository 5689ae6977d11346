using System.Buffers;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class DataReaderTests
{
    [Theory]
    [InlineData(".\r\n", "")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("..\r\n.\r\n", ".\r\n")]
    [InlineData("..a\r\n...\r\na..\r\n.\r\n", ".a\r\n..\r\na..\r\n")]
    [InlineData(".a\r\n.\r\n", "a\r\n")]
    [InlineData("\r\n\r\n.\r\n", "\r\n\r\n")]
    [InlineData("a\r\n. \r\n.\r\n", "a\r\n \r\n")]
    [InlineData("caf\u00e9 \u00ff\0\r\n.\r\n", "caf\u00e9 \u00ff\0\r\n")]
    public void Content_ends_at_the_line_with_one_dot(string wire, string content)
    {
        foreach (var mode in Enum.GetValues<BareLineEnds>())
            AssertReads(mode, wire + "QUIT\r\n", DataStatus.Complete, content, rest: "QUIT\r\n");
    }

    [Theory]
    [InlineData("a\nb\r\n.\r\n", "a\r\nb\r\n")]
    [InlineData("a\rb\r\n.\r\n", "a\r\nb\r\n")]
    [InlineData("a\r\rb\r\n.\r\n", "a\r\n\r\nb\r\n")]
    [InlineData("a\r\r\nb\r\n.\r\n", "a\r\nb\r\n")]
    [InlineData("a\n\n.\r\n\r\n.\r\n", "a\r\n\r\n.\r\n\r\n")]
    [InlineData("\n.\r\nb\r\n.\r\n", "\r\n.\r\nb\r\n")]
    public void A_gateway_normalises_bare_line_ends(string wire, string content) =>
        AssertReads(BareLineEnds.Normalise, wire, DataStatus.Complete, content, rest: "");

    [Theory]
    [InlineData("\n")]
    [InlineData("\na\r\n")]
    [InlineData("a\nb\r\n")]
    [InlineData("a\rb\r\n")]
    [InlineData("a\r\r\n")]
    [InlineData("a\r\n.\n")]
    [InlineData("a\r\n.\rb")]
    public void A_submission_with_a_bare_line_end_is_refused(string wire) =>
        AssertReads(BareLineEnds.Refuse, wire, DataStatus.Refused, content: null, rest: null);

    /// <summary>The eleven endings of the smuggling disclosures, and more: each with a second transaction behind it.</summary>
    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r.\r")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\r\n.\r\r\n")]
    [InlineData("\r\n\0.\r\n")]
    [InlineData("\r\n. \r\n")]
    [InlineData("\n\n.\r\n")]
    [InlineData("\r\0\n.\r\n")]
    [InlineData("\r\n\u000b.\r\n")]
    [InlineData("\u0085.\u0085")]
    public void No_false_end_ends_the_data(string ending)
    {
        var outer = "x" + ending + "MAIL FROM:<evil@test.example>\r\nDATA\r\ny";
        foreach (var split in Wire.EverySplit(outer + "\r\n.\r\n"))
        {
            var buffer = split;
            using var message = NewBuffer();
            Assert.Equal(DataStatus.Complete, new DataReader(BareLineEnds.Normalise).Read(ref buffer, message));
            Assert.True(buffer.IsEmpty);
            Assert.EndsWith("DATA\r\ny\r\n", Wire.Text(message.Content.Span), StringComparison.Ordinal);
            Assert.True(LineEnds.AreStrict(message.Content.Span));
        }
    }

    [Fact]
    public void A_message_cut_over_many_reads_is_the_same_message()
    {
        const string Wire1 = "Subject: x\r\n\r\n..dot\r\n.\r\n";
        for (var cut = 0; cut <= Wire1.Length; cut++)
        {
            var reader = new DataReader(BareLineEnds.Refuse);
            using var message = NewBuffer();
            var head = new ReadOnlySequence<byte>(Wire.Bytes(Wire1[..cut]));
            var status = reader.Read(ref head, message);
            Assert.Equal(cut == Wire1.Length ? DataStatus.Complete : DataStatus.Incomplete, status);
            var tail = new ReadOnlySequence<byte>(Wire.Bytes(Wire1[cut..]));
            if (status is DataStatus.Incomplete)
                Assert.Equal(DataStatus.Complete, reader.Read(ref tail, message));
            Assert.Equal("Subject: x\r\n\r\n.dot\r\n", Wire.Text(message.Content.Span));
        }
    }

    [Fact]
    public void Random_texts_read_the_same_fast_and_byte_by_byte()
    {
        var random = new Random(5321);
        const string Alphabet = "\r\n..ab\0";
        for (var run = 0; run < 3000; run++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ =>
                random.Next(3) is 0 ? "\r\n" : random.Next(4) is 0 ? new string('x', random.Next(80)) : Alphabet[random.Next(Alphabet.Length)].ToString()));
            foreach (var mode in Enum.GetValues<BareLineEnds>())
            {
                var whole = ReadAll(mode, new ReadOnlySequence<byte>(Wire.Bytes(text)));
                var bytes = text.Length is 0 ? whole : ReadAll(mode, Wire.Segments([.. Wire.Bytes(text).Select(b => new[] { b })]));
                Assert.Equal(bytes, whole);
                if (whole.Status is DataStatus.Complete)
                    Assert.Contains("\r\n.\r\n", "\r\n" + text, StringComparison.Ordinal);
                else if (whole.Status is DataStatus.Incomplete)
                    Assert.DoesNotContain("\r\n.\r\n", "\r\n" + text, StringComparison.Ordinal);
            }
        }

        static (DataStatus Status, string Content, long Left) ReadAll(BareLineEnds mode, ReadOnlySequence<byte> buffer)
        {
            using var message = NewBuffer();
            var status = new DataReader(mode).Read(ref buffer, message);
            return (status, status is DataStatus.Refused ? "" : Wire.Text(message.Content.Span), buffer.Length);
        }
    }

    [Fact]
    public void A_message_over_the_limit_is_read_to_its_end_and_not_kept()
    {
        var budget = new MemoryBudget(1024 * 1024);
        using var message = new MessageBuffer(20_000, budget);
        var buffer = new ReadOnlySequence<byte>(Wire.Bytes(string.Concat(Enumerable.Repeat(new string('x', 78) + "\r\n", 1000)) + ".\r\n"));

        Assert.Equal(DataStatus.Complete, new DataReader(BareLineEnds.Refuse).Read(ref buffer, message));

        Assert.True(message.IsTooLarge);
        Assert.True(message.Content.Length <= 64 * 1024);
    }

    [Fact]
    public void Messages_share_a_budget_of_memory()
    {
        var budget = new MemoryBudget(40_000);
        using var first = new MessageBuffer(100_000, budget);
        using var second = new MessageBuffer(100_000, budget);
        first.Append(new byte[30_000]);
        second.Append(new byte[30_000]);
        Assert.False(first.IsOutOfMemory);
        Assert.True(second.IsOutOfMemory);

        first.Dispose();
        second.Clear();
        second.Append(new byte[30_000]);
        Assert.False(second.IsOutOfMemory);
    }

    private static MessageBuffer NewBuffer() => new(1024 * 1024, new MemoryBudget(long.MaxValue));

    private static void AssertReads(BareLineEnds mode, string wire, DataStatus status, string? content, string? rest) =>
        Assert.All(Wire.EverySplit(wire), split =>
        {
            var buffer = split;
            using var message = NewBuffer();
            Assert.Equal(status, new DataReader(mode).Read(ref buffer, message));
            if (content is not null)
                Assert.Equal(content, Wire.Text(message.Content.Span));
            if (rest is not null)
                Assert.Equal(rest, Wire.Text(buffer.ToArray()));
        });
}
