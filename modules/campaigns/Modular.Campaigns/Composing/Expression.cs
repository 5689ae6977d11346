using System.Globalization;

namespace Modular.Campaigns.Composing;

/// <summary>Something with a value for one recipient. It sees the profile's values and nothing else: no members, no methods, no other objects.</summary>
internal abstract record Expression
{
    /// <returns>string, decimal, bool, DateOnly, DateTimeOffset or a list of string; null when empty.</returns>
    public abstract object? Evaluate(Scope scope);

    /// <summary>False are: empty, no, zero, the empty list (as in Handlebars).</summary>
    public bool IsTrue(Scope scope) => Evaluate(scope) switch
    {
        null or false or "" or 0m => false,
        IReadOnlyList<string> list => list.Count > 0,
        _ => true,
    };

    internal sealed record Field(string Name) : Expression
    {
        public override object? Evaluate(Scope scope) => scope.Find(Name);
    }

    /// <summary>The item of the innermost loop.</summary>
    internal sealed record This : Expression
    {
        public override object? Evaluate(Scope scope) => scope.Item;
    }

    /// <summary><c>@index</c>, <c>@first</c>, <c>@last</c>.</summary>
    internal sealed record LoopVariable(string Name) : Expression
    {
        public override object? Evaluate(Scope scope) => Name switch
        {
            "index" => (decimal)scope.Index,
            "first" => scope.Index == 0,
            _ => scope.Index == scope.Count - 1,
        };
    }

    internal sealed record Literal(object Value) : Expression
    {
        public override object? Evaluate(Scope scope) => Value;
    }

    internal sealed record Link(SystemLink Kind) : Expression
    {
        /// <summary>Always there: the address itself is written by the recipient's links, never as a value.</summary>
        public override object? Evaluate(Scope scope) => true;
    }

    /// <param name="Test">One of <see cref="Tests"/>.</param>
    internal sealed record Call(string Test, IReadOnlyList<Expression> Arguments) : Expression
    {
        public static readonly IReadOnlyList<string> Tests = ["eq", "ne", "lt", "lte", "gt", "gte", "contains", "and", "or", "not"];

        public override object? Evaluate(Scope scope)
        {
            switch (Test)
            {
                case "and": return Arguments.All(a => a.IsTrue(scope));
                case "or": return Arguments.Any(a => a.IsTrue(scope));
                case "not": return !Arguments[0].IsTrue(scope);
            }
            var left = Arguments[0].Evaluate(scope);
            var right = Arguments[1].Evaluate(scope);
            if (Test == "contains") return Contains(left, right);
            var order = Compare(left, right);
            return Test switch
            {
                "eq" => order == 0,
                "ne" => order != 0,
                "lt" => order < 0,
                "lte" => order <= 0,
                "gt" => order > 0,
                _ => order >= 0,
            };
        }

        private static bool Contains(object? left, object? right) => right is not null && left switch
        {
            IReadOnlyList<string> list => list.Contains(Words(right), StringComparer.OrdinalIgnoreCase),
            null => false,
            _ => Words(left).Contains(Words(right), StringComparison.OrdinalIgnoreCase),
        };

        /// <returns>Null when the two have no order: one is empty, or their types do not meet. Text compares without case.</returns>
        private static int? Compare(object? left, object? right) => (left, right) switch
        {
            (null, null) => 0,
            (null, _) or (_, null) => null,
            (decimal a, decimal b) => a.CompareTo(b),
            (bool a, bool b) => a.CompareTo(b),
            (DateOnly a, string b) => DateOnly.TryParse(b, CultureInfo.InvariantCulture, out var day) ? a.CompareTo(day) : null,
            (DateTimeOffset a, string b) => DateTimeOffset.TryParse(b, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? a.CompareTo(at) : null,
            (string, DateOnly or DateTimeOffset) => -Compare(right, left),
            (DateOnly a, DateOnly b) => a.CompareTo(b),
            (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
            _ => string.Compare(Words(left), Words(right), StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>What a value looks like when nobody says how: figures and dates the same in every culture.</summary>
    public static string Words(object value) => value switch
    {
        string text => text,
        decimal number => number.ToString("0.############################", CultureInfo.InvariantCulture),
        bool yes => yes ? "true" : "false",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset at => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        IReadOnlyList<string> list => string.Join(", ", list),
        _ => throw new InvalidOperationException($"A profile holds no {value.GetType().Name}."),
    };
}
