using System.Collections.Concurrent;

namespace Modular.Mail.Smtp.Client;

/// <summary>The lines of a session, <c>C:</c> ours and <c>S:</c> the server's; of a message only its size. Keeps the newest 1,000 lines.</summary>
public sealed class SmtpTranscript
{
    private const int MaxLines = 1000;

    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    public override string ToString() => string.Join('\n', _lines);

    internal void Add(char speaker, string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
            _lines.Enqueue($"{speaker}: {line.TrimEnd('\r')}");
        while (_lines.Count > MaxLines)
            _lines.TryDequeue(out _);
    }
}
