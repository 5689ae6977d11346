using System.Text;
using Modular.Tenancy.Factors;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Factors;

public sealed class FactorBookTests(PostgresFixture postgres) : RoomTests(postgres, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero))
{
    private long _ann;

    private FactorBook Book => new(Database.System, Database.Sealer, Clock);

    private RecoveryCodes Recovery => new(Database.System, Clock);

    private Challenges Challenges => new(Database.System, Database.Sealer, Clock);

    protected override async Task FurnishAsync() => _ann = await NewUserAsync("ann@acme.example");

    [Fact]
    public async Task A_secret_is_sealed_and_opens_again()
    {
        var added = await Book.AddAsync(_ann, FactorKinds.Totp, " Phone ", "12345678901234567890"u8.ToArray(), null, 7, Ct);

        var factor = Assert.Single(await Book.ListAsync(_ann, Ct));
        Assert.Equal((added.Value.FactorId, "Phone", 7), (factor.FactorId, factor.Name, factor.LastStep));
        Assert.Equal("12345678901234567890", Encoding.ASCII.GetString(Book.SecretOf(factor)));
        var dump = await Database.System.ListAsync<string>("select encode(secret_sealed, 'escape') from tenancy.factor", null, Ct);
        Assert.DoesNotContain(dump, d => d.Contains("12345678", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_the_first_factor_come_ten_recovery_codes_and_with_the_second_none()
    {
        var first = await AddAsync();
        Assert.Equal(RecoveryCodes.Count, first.RecoveryCodes.Distinct().Count());
        Assert.All(first.RecoveryCodes, code => Assert.Equal(19, code.Length));   // 16 letters of 5 bits: 80 bits, and three hyphens
        Assert.Empty((await AddAsync()).RecoveryCodes);
    }

    [Fact]
    public async Task Two_first_factors_at_once_bring_one_set_of_codes()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AddAsync()));

        Assert.Single(added, a => a.RecoveryCodes.Count > 0);
        Assert.Equal(RecoveryCodes.Count, await Recovery.LeftAsync(_ann, Ct));
    }

    [Fact]
    public async Task A_code_is_good_once_whoever_is_first()
    {
        var id = (await AddAsync()).FactorId;

        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Book.UseStepAsync(id, 100, Ct)));

        Assert.Single(won, w => w);
        Assert.False(await Book.UseStepAsync(id, 99, Ct));   // one before it is no better
        Assert.True(await Book.UseStepAsync(id, 101, Ct));
    }

    [Fact]
    public async Task Of_those_who_redeem_a_recovery_code_at_once_one_wins()
    {
        var codes = (await AddAsync()).RecoveryCodes;

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Recovery.RedeemAsync(_ann, codes[3], Ct)));

        Assert.Single(verdicts, v => v is RecoveryVerdict.Right);
        Assert.Equal(7, verdicts.Count(v => v is RecoveryVerdict.Used));
        Assert.Equal(9, await Recovery.LeftAsync(_ann, Ct));
    }

    [Fact]
    public async Task A_recovery_code_may_be_typed_as_people_type_and_is_its_owners_alone()
    {
        var codes = (await AddAsync()).RecoveryCodes;
        var bob = await NewUserAsync("bob@acme.example");

        Assert.Equal(RecoveryVerdict.Wrong, await Recovery.RedeemAsync(bob, codes[0], Ct));
        Assert.Equal(RecoveryVerdict.Wrong, await Recovery.RedeemAsync(_ann, "no code at all", Ct));
        Assert.Equal(RecoveryVerdict.Right, await Recovery.RedeemAsync(_ann, " " + codes[0].ToUpperInvariant().Replace('-', ' '), Ct));
    }

    [Fact]
    public async Task New_codes_make_the_old_ones_worthless()
    {
        var old = (await AddAsync()).RecoveryCodes;
        var fresh = await Recovery.RenewAsync(_ann, Ct);

        Assert.Equal(RecoveryVerdict.Wrong, await Recovery.RedeemAsync(_ann, old[0], Ct));
        Assert.Equal(RecoveryVerdict.Right, await Recovery.RedeemAsync(_ann, fresh[0], Ct));
    }

    [Fact]
    public async Task No_recovery_code_stands_in_the_database()
    {
        var codes = (await AddAsync()).RecoveryCodes;
        var dump = string.Concat(await Database.System.ListAsync<string>("select encode(hash, 'escape') from tenancy.recovery_code", null, Ct));

        Assert.All(codes, code => Assert.DoesNotContain(code.Replace("-", "", StringComparison.Ordinal), dump, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_touches_another_persons_factors()
    {
        var id = (await AddAsync()).FactorId;
        var bob = await NewUserAsync("bob@acme.example");

        Assert.False(await Book.RemoveAsync(bob, id, Ct));
        Assert.False((await Book.RenameAsync(bob, id, "mine", Ct)).Value);
        Assert.Single(await Book.ListAsync(_ann, Ct));
    }

    [Fact]
    public async Task A_reset_takes_factors_and_codes()
    {
        var codes = (await AddAsync()).RecoveryCodes;
        await AddAsync();

        Assert.Equal(2, await Book.ResetAsync(_ann, Ct));
        Assert.Equal(RecoveryVerdict.Wrong, await Recovery.RedeemAsync(_ann, codes[0], Ct));
    }

    [Fact]
    public async Task A_person_has_a_bounded_number_of_them()
    {
        for (var i = 0; i < FactorBook.MostPerPerson; i++) await AddAsync();

        Assert.IsType<FactorNotAdded>((await Book.AddAsync(_ann, FactorKinds.Totp, "one more", [1], null, 0, Ct)).Fault);
    }

    [Fact]
    public async Task A_passkey_belongs_to_one_person()
    {
        await Book.AddAsync(_ann, FactorKinds.Passkey, "key", [1], [9, 9], 0, Ct);
        var bob = await NewUserAsync("bob@acme.example");

        Assert.IsType<FactorNotAdded>((await Book.AddAsync(bob, FactorKinds.Passkey, "key", [1], [9, 9], 0, Ct)).Fault);
    }

    [Fact]
    public async Task A_question_bears_five_answers_and_is_closed_once()
    {
        var token = await Challenges.OpenAsync(_ann, new ChallengeState { Return = "/campaigns" }, Ct);
        var challenge = (await Challenges.FindAsync(token, Ct))!;
        Assert.Equal((_ann, "/campaigns"), (challenge.UserId, challenge.State.Return));

        var borne = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Challenges.TryAsync(challenge, Ct)));
        Assert.Equal(Challenges.MostTries, borne.Count(b => b));
        Assert.Null(await Challenges.FindAsync(token, Ct));

        var closed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Challenges.CloseAsync(challenge, Ct)));
        Assert.Single(closed, c => c);
    }

    [Fact]
    public async Task A_question_is_over_after_ten_minutes_and_leaves_no_row()
    {
        var token = await Challenges.OpenAsync(_ann, new ChallengeState(), Ct);
        Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(await Challenges.FindAsync(token, Ct));
        await Challenges.OpenAsync(_ann, new ChallengeState(), Ct);
        Assert.Equal(1, await Database.System.FindAsync<long>("select count(*) from tenancy.challenge", null, Ct));
    }

    [Fact]
    public async Task A_sessions_new_question_voids_the_one_before()
    {
        await Challenges.OpenAsync("step-up", 7, _ann, new ChallengeState { SmsCode = "111111" }, Ct);
        await Challenges.OpenAsync("step-up", 7, _ann, new ChallengeState { SmsCode = "222222" }, Ct);

        Assert.Equal("222222", (await Challenges.FindAsync("step-up", 7, Ct))!.State.SmsCode);
        Assert.Null(await Challenges.FindAsync("step-up", 8, Ct));
        Assert.Null(await Challenges.FindAsync("add-phone", 7, Ct));
    }

    private async Task<AddedFactor> AddAsync() => (await Book.AddAsync(_ann, FactorKinds.Totp, "Phone", [1, 2, 3], null, 0, Ct)).Value;

    private async Task<long> NewUserAsync(string address)
    {
        await using var tx = await Database.System.BeginAsync(Ct);
        var (userId, _) = await Room.Accounts.EnsureAsync(tx, EmailAddress.Parse(address), null, Ct);
        await tx.CommitAsync(Ct);
        return userId;
    }
}
