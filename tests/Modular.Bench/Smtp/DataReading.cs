using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modular.Mail.Smtp.Client;
using Modular.Mail.Smtp.Server;

namespace Modular.Bench.Smtp;

/// <summary>What a message of 10 KB costs on its way out and in: dots stuffed and taken away, line ends judged, copied.</summary>
public class DataReading : IDisposable
{
    private readonly byte[] _wire = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 74) + "\r\n", 135)) + ".\r\n");
    private readonly MessageBuffer _message = new(1024 * 1024, new MemoryBudget(long.MaxValue));
    private readonly DataReader _reader = new(BareLineEnds.Normalise);
    private readonly ArrayBufferWriter<byte> _output = new(32 * 1024);
    private readonly ContentWriter _writer;

    public DataReading() => _writer = new ContentWriter(_output);

    [Benchmark]
    public int Read()
    {
        var buffer = new ReadOnlySequence<byte>(_wire);
        _message.Clear();
        _reader.Reset();
        _reader.Read(ref buffer, _message);
        return _message.Content.Length;
    }

    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        _writer.Reset(isStuffing: true);
        _writer.Write(_wire);
        _writer.End();
        return _output.WrittenCount;
    }

    public void Dispose()
    {
        _message.Dispose();
        GC.SuppressFinalize(this);
    }
}
