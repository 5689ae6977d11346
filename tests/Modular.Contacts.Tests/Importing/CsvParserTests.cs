using System.Text;
using Modular.Contacts.Importing.Csv;

namespace Modular.Contacts.Tests.Importing;

public sealed class CsvParserTests
{
    [Theory]
    [InlineData("a,b\n", "a|b")]
    [InlineData("a,b", "a|b")]
    [InlineData("a,b\r\nc,d\r\n", "a|b/c|d")]
    [InlineData("a,b\rc,d\r", "a|b/c|d")]
    [InlineData("a\n\n\r\nb\n", "a/b")]
    [InlineData("a,,\n", "a||")]
    [InlineData("\"a,b\",c\n", "a,b|c")]
    [InlineData("\"a\r\nb\",c\n", "a\r\nb|c")]
    [InlineData("\"say \"\"hi\"\"\"\n", "say \"hi\"")]
    [InlineData("\"\",x\n", "|x")]
    [InlineData("\"\"\n", "")]
    [InlineData("5\" nail,x\n", "5\" nail|x")]
    [InlineData("\"a\"\r\n\"b\"\r\n", "a/b")]
    [InlineData(" a , b \n", " a | b ")]
    public async Task Records_are_cut_the_same_however_the_bytes_arrive(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var rows = await ReadAllAsync(new Trickle(bytes, size));
            Assert.Equal(expected, string.Join('/', rows.Select(r => r.Fault ?? string.Join('|', r.Fields))));
        }
    }

    [Fact]
    public async Task Lines_are_counted_through_quotes_and_blank_lines()
    {
        var rows = await ReadAllAsync(new MemoryStream("h1,h2\n\n\"two\r\nlines\",x\nlast,y\n"u8.ToArray()));
        Assert.Equal([1L, 3L, 5L], rows.Select(r => r.Line));
    }

    [Fact]
    public async Task Text_behind_a_closing_quote_spoils_its_own_row_alone()
    {
        var rows = await ReadAllAsync(new MemoryStream("\"a\"b,c\nd,e\n"u8.ToArray()));
        Assert.Contains("must be doubled", rows[0].Fault, StringComparison.Ordinal);
        Assert.Equal(["d", "e"], rows[1].Fields);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_is_told()
    {
        var rows = await ReadAllAsync(new MemoryStream("a,b\n\"c,d\ne,f\n"u8.ToArray()));
        Assert.Equal(2, rows.Count);
        Assert.Contains("never closed", rows[1].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_beyond_64_KiB_and_a_row_beyond_500_columns_are_told_and_the_next_row_is_read()
    {
        var text = "a," + new string('x', CsvParser.MaxFieldBytes + 1) + "\n" + new string(',', CsvParser.MaxColumns) + "\nlast\n";
        var rows = await ReadAllAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        Assert.Contains("64 KiB", rows[0].Fault, StringComparison.Ordinal);
        Assert.Contains("500 columns", rows[1].Fault, StringComparison.Ordinal);
        Assert.Equal(["last"], rows[2].Fields);
    }

    [Fact]
    public async Task A_line_of_300_MB_is_a_fault_in_constant_memory_and_the_next_line_is_read()
    {
        using var reader = new CsvReader(new LongLine(300_000_000), (byte)',');
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("longer than 1 MiB", reader.Current.Fault, StringComparison.Ordinal);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal("behind@example.com", reader.Current.Field(0));
        Assert.Equal(2, reader.Current.Line);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    [Fact]
    public async Task A_byte_that_is_not_UTF8_is_told_with_its_place()
    {
        var rows = await ReadAllAsync(new MemoryStream([.. "ab,c\nx"u8, 0xFC, .. "y,z\n"u8]));
        Assert.Null(rows[0].Fault);
        Assert.Contains("0xFC at byte 6", rows[1].Fault, StringComparison.Ordinal);
    }

    internal static async Task<List<(long Line, string[] Fields, string? Fault)>> ReadAllAsync(Stream text, char delimiter = ',')
    {
        using var reader = new CsvReader(text, (byte)delimiter);
        var rows = new List<(long, string[], string?)>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add((reader.Current.Line, reader.Current.ToArray(), reader.Current.Fault));
        return rows;
    }

    /// <summary>Gives at most so many bytes at once.</summary>
    private sealed class Trickle(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }

    /// <summary>One line of so many bytes, then a short one; held nowhere.</summary>
    private sealed class LongLine(long length) : Stream
    {
        private static readonly byte[] Tail = "\nbehind@example.com\n"u8.ToArray();
        private long _at;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length + Tail.Length;
        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var take = (int)Math.Min(buffer.Length, _at < length ? length - _at : Length - _at);
            if (_at < length) buffer[..take].Fill((byte)'x');
            else Tail.AsSpan((int)(_at - length), take).CopyTo(buffer);
            _at += take;
            return take;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
