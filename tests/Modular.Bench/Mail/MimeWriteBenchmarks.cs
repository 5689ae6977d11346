using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace Modular.Bench.Mail;

[MemoryDiagnoser]
public class MimeWriteBenchmarks
{
    private readonly Newsletter newsletter = new();
    private readonly ArrayBufferWriter<byte> output = new(64 * 1024);

    [Benchmark]
    public int Write()
    {
        output.ResetWrittenCount();
        return newsletter.Write(output).BodyBytes;
    }
}
