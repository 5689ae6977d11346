using System.Diagnostics.CodeAnalysis;

namespace Modular.Kernel.Values;

/// <summary>A refusal that we expect, in words for the one who asked: what is wrong, where, what to do. Slices list theirs in <c>Faults.cs</c>.</summary>
/// <param name="Detail">One or two sentences; never another person's data.</param>
public abstract record Fault(string Detail)
{
    /// <summary>The HTTP status that says the same: 400 unless the fault knows better.</summary>
    public virtual int Status => 400;

    /// <summary>A stable word for programs: the type's name in kebab case, the <c>type</c> of the problem details (RFC 9457 §3.1.1).</summary>
    public string Code => string.Concat(GetType().Name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>Which field of the request it is about; null when it is about the whole.</summary>
    public virtual string? Field => null;
}

/// <summary>The thing asked for does not exist, or not for this tenant: the two are told apart to nobody.</summary>
public sealed record NotFound(string What) : Fault($"There is no such {What}.")
{
    public override int Status => 404;
}

/// <summary>Either a value or the fault that stands in its way.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T value) => _value = value;

    private Result(Fault fault) => Fault = fault;

    public Fault? Fault { get; }

    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsOk => Fault is null;

    /// <summary>The value; asking for it when there is a fault is a bug.</summary>
    public T Value => Fault is null ? _value! /* set by the only other constructor */ : throw new InvalidOperationException(Fault.Detail);

    public TOut Match<TOut>(Func<T, TOut> ok, Func<Fault, TOut> refused) => Fault is null ? ok(Value) : refused(Fault);

    public static implicit operator Result<T>(T value) => new(value);

    public static implicit operator Result<T>(Fault fault) => new(fault);
}
