"""The small bilingual model that ships with the product, the grammar of its text, and the script that builds both."""
