namespace Tally.Accounts;

public sealed class ApiKeys
{
    /// <summary>Who holds this key; null for a wrong, revoked or suspended one. Answers from memory, never from the store.</summary>
    public Caller? Find(ReadOnlySpan<char> key) => throw new NotSupportedException();

    /// <summary>Remembers when and from where a key was last used; written to the store later, in one go for many.</summary>
    public void Used(Caller caller, System.Net.IPAddress? from) => throw new NotSupportedException();
}
