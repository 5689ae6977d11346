namespace Modular.Kernel.Tests.Values;

public sealed class ResultTests
{
    [Fact]
    public void A_result_is_a_value_or_the_fault_in_its_way()
    {
        Result<int> right = 3;
        Result<int> wrong = new DraftNotReady();

        Assert.Equal("3", right.Match(v => v.ToString(null, null), f => f.Detail));
        Assert.Equal("Add a subject first.", wrong.Match(v => v.ToString(null, null), f => f.Detail));
        Assert.Throws<InvalidOperationException>(() => wrong.Value);
    }

    [Fact]
    public void A_faults_code_is_its_name_for_programs()
    {
        Assert.Equal(("draft-not-ready", 400, null), (new DraftNotReady().Code, new DraftNotReady().Status, new DraftNotReady().Field));
        Assert.Equal(("not-found", 404), (new NotFound("list").Code, new NotFound("list").Status));
    }

    private sealed record DraftNotReady() : Fault("Add a subject first.");
}
