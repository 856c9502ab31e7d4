"""Languages, one file each: `LANGUAGE`, a `fourfold.language.pack.Language`. A file that is added here is a language
more; `fourfold.language.languages` finds it."""
