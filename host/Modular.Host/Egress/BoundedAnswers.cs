using Modular.Plugins;

namespace Modular.Host.Egress;

/// <summary>Puts a bound on the size of each answer's body and on the silence between its pieces.</summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner, EgressRules rules, TimeProvider time) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (answer.Content.Headers.ContentLength > rules.MaxBytes)
        {
            answer.Dispose();
            throw TooBig();
        }

        var bounded = new StreamContent(new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), rules, time));
        foreach (var (name, values) in answer.Content.Headers)
            bounded.Headers.TryAddWithoutValidation(name, values);
        answer.Content = bounded;
        return answer;
    }

    private SourceFaultException TooBig() => new($"The answer is larger than {rules.MaxBytes:N0} bytes, the most this installation reads.", isTransient: false);

    private sealed class BoundedStream(Stream inner, EgressRules rules, TimeProvider time) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var silence = new CancellationTokenSource(rules.MaxSilence, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            try
            {
                var count = await inner.ReadAsync(buffer, either.Token);
                _read += count;
                return _read <= rules.MaxBytes ? count : throw new SourceFaultException($"The answer is larger than {rules.MaxBytes:N0} bytes, the most this installation reads.", isTransient: false);
            }
            catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new SourceFaultException($"The server sent nothing for {rules.MaxSilence.TotalSeconds:0} seconds.", isTransient: true);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously: a slow server must not hold a thread.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
